// Made by `manage.py page_types` of /api/schema/ and /api/asyncapi.json: change those, not this.

/** One part of all. */
export type AccountExport = {
  /** Fetched with the cookie of this answer, or with the user's access token. */
  url: string;
  expires_at: string;
  /** How many there are. */
  images: number;
  /** Of their originals, each file counted once. */
  bytes: number;
  /** Those that were asked for and are not the user's, or not any more. */
  missing: Array<number>;
  /** How many there are, of 10,000 photos each. */
  parts: number;
};

export type BlankEnum = "";

/** What to know before relying on a model; what its author did not tell is not there. */
export type Card = {
  /** What it is for. */
  purpose?: string;
  /** What it cannot do. */
  limits?: string;
  /** How often it is right, as it was measured. */
  quality?: string;
  /** How long an image takes. */
  time?: string;
  /** What one process uses. */
  memory?: string;
  /** Of its code and weights. */
  license?: string;
  /** Where its weights come from. */
  source?: string;
};

export type Counts = {
  queued: number;
  running: number;
  succeeded: number;
  failed: number;
  canceled: number;
};

export type CredentialsRequest = {
  username: string;
  password: string;
};

/** One message: what it tells, and how sending it goes. */
export type Delivery = {
  id: number;
  webhook: number;
  message_id: string;
  event: string;
  seq: number | null;
  upload: number | null;
  prediction: number | null;
  status: StatusEnum;
  attempts: number;
  created_at: string;
  due_at: string | null;
  ended_at: string | null;
  http_status: number | null;
  error_code: string;
  duration_ms: number | null;
};

export type DeliveryPage = {
  next: string | null;
  previous: string | null;
  results: Array<Delivery>;
};

export type DesiredStateEnum = "loaded" | "unloaded";

export type DisabledCodeEnum = "by_user" | "by_staff" | "gone" | "not_taken";

/** What every refusal looks like. */
export type Error = {
  code: string;
  message: string;
  errors?: Array<FaultEntry>;
};

export type Event = PredictionEvent | ImageEvent | UploadEvent | WebhookEvent;

export type EventPage = {
  epoch: string;
  seq: number;
  results: Array<Event>;
};

/** A prediction as it was at an event of it. */
export type EventPrediction = {
  id: number;
  image: number;
  upload: number;
  model: string;
  model_version: string;
  params: Record<string, any>;
  state: StateEnum;
  stage: string | null;
  progress: number;
  attempt: number;
  queue_position: number | null;
  /** Why it is not taken now; null: only its turn has not come. */
  waiting: PredictionWaiting | null;
  failures: number;
  error: PredictionError | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  timing: Timing | null;
  provenance: Provenance | null;
  /** Null until it has succeeded. */
  output: PredictionOutput | null;
  /** Its output is larger than 256 KiB, and null here. */
  truncated?: boolean;
};

export type EventsEnum = "prediction.succeeded" | "prediction.failed" | "prediction.canceled" | "upload.finished";

/** A download that waits to be fetched, once. */
export type Export = {
  /** Fetched with the cookie of this answer, or with the user's access token. */
  url: string;
  expires_at: string;
  /** How many there are. */
  images: number;
  /** Of their originals, each file counted once. */
  bytes: number;
  /** Those that were asked for and are not the user's, or not any more. */
  missing: Array<number>;
};

/** The filters of the list of images; without any it is all of them. */
export type ExportFilterRequest = {
  q?: string;
  model?: string;
  state?: StateEnum | BlankEnum;
  label?: string;
  /** With its offset, such as 2026-11-30T00:00:00Z. */
  created_after?: string;
  /** With its offset, such as 2026-11-30T00:00:00Z. */
  created_before?: string;
};

export type FaultEntry = {
  field?: string;
  position?: number;
  name?: string;
  code: string;
  message: string;
};

export type FormatEnum = "zip" | "csv" | "json" | "jsonl";

/** An image with the prediction that its upload asked for. */
export type Image = {
  id: number;
  upload: number;
  /** Of its file among those that were sent. */
  position: number;
  /** Of its file, from 1. */
  page: number;
  /** How many its file has, each an image of its own. */
  pages: number;
  name: string;
  image_type: string;
  content_type: string;
  width: number;
  height: number;
  /** 1 to 8, as in EXIF: how the file's rows are turned to be upright, as width, height and results are. Null for images from before it was kept. */
  orientation: number | null;
  size: number;
  sha256: string;
  file: string;
  /** What every browser shows: the original, or a JPEG of it that is made with the thumbnail, upright and of at most 2,000 pixels a side. */
  display: string;
  thumbnail: string | null;
  /** The picture in 25 bytes, as base64, to be shown until the thumbnail is there: see https://evanw.github.io/thumbhash/. Null before that is made, and for old ones. */
  thumbhash: string | null;
  archived_at: string | null;
  /** Whether its local files stay, however old they are. */
  pinned: boolean;
  predictions: string;
  prediction: Prediction | null;
};

/** What became of an image. */
export type ImageEvent = {
  type: TypeEnum;
  /** Rises by exactly 1 for each event. */
  seq: number;
  at: string;
  upload: number;
  image: number;
  prediction: number | null;
  kind: ImageEventKindEnum;
  data: ImageEventData;
};

export type ImageEventData = {
  id: number;
  /** Of its original, where that was archived or purged. */
  sha256?: string;
  /** With image.thumbnailed: its address. */
  thumbnail?: string;
  /** With image.thumbnailed: what is shown until that is there. */
  thumbhash?: string | null;
};

export type ImageEventKindEnum = "image.archived" | "image.deleted" | "image.pinned" | "image.purged" | "image.thumbnailed" | "image.unpinned";

/** A picture. */
export type ImageOutput = {
  notes?: Array<OutputNote>;
  kind: ImageOutputKindEnum;
  /** The path of its file. */
  url: string;
  width: number;
  height: number;
  /** Whether any of it is. Not known of old ones. */
  transparent?: boolean;
  content_type: string;
};

export type ImageOutputKindEnum = "image";

export type IncludeEnum = "originals" | "results";

/** A key as its owner sees it: never its secret part. */
export type Key = {
  id: number;
  name: string;
  prefix: string;
  scopes: Array<ScopesEnum>;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
};

export type KeyPage = {
  next: string | null;
  previous: string | null;
  results: Array<Key>;
};

export type Label = {
  label: string;
  score: number;
};

/** Labels, the likeliest first. */
export type LabelsOutput = {
  notes?: Array<OutputNote>;
  kind: LabelsOutputKindEnum;
  labels: Array<Label>;
};

export type LabelsOutputKindEnum = "labels";

/** A language whose text a model reads. */
export type Language = {
  /** As BCP 47 has it: en, zh, … */
  code: string;
  /** What restricts it. */
  note?: string;
};

/** An image with when it was sent and its newest predictions. */
export type ListedImage = {
  id: number;
  upload: number;
  /** Of its file among those that were sent. */
  position: number;
  /** Of its file, from 1. */
  page: number;
  /** How many its file has, each an image of its own. */
  pages: number;
  name: string;
  image_type: string;
  content_type: string;
  width: number;
  height: number;
  /** 1 to 8, as in EXIF: how the file's rows are turned to be upright, as width, height and results are. Null for images from before it was kept. */
  orientation: number | null;
  size: number;
  sha256: string;
  file: string;
  /** What every browser shows: the original, or a JPEG of it that is made with the thumbnail, upright and of at most 2,000 pixels a side. */
  display: string;
  thumbnail: string | null;
  /** The picture in 25 bytes, as base64, to be shown until the thumbnail is there: see https://evanw.github.io/thumbhash/. Null before that is made, and for old ones. */
  thumbhash: string | null;
  archived_at: string | null;
  /** Whether its local files stay, however old they are. */
  pinned: boolean;
  predictions: string;
  created_at: string;
  /** Its newest 10 predictions, oldest first; `predictions` has all. */
  runs: Array<Prediction>;
  /** How many predictions it has in all. */
  runs_count: number;
};

export type ListedImagePage = {
  next: string | null;
  previous: string | null;
  results: Array<ListedImage>;
};

export type Me = {
  id: number;
  username: string;
  is_staff: boolean;
  quota: Quota;
  /** What is there and not deleted. */
  counts: Possessions;
  requests_per_minute: RequestRates;
  email: string;
  email_notices: boolean;
};

export type Model = {
  name: string;
  /** What people call it; else its name. */
  title: string;
  description: string;
  /** What it is for: text-recognition, classification, … */
  task: string | null;
  card: Card;
  /** As its card has it. */
  license: string | null;
  /** The path of a photo to try it with, a JPEG. */
  sample: string | null;
  versions: Array<ModelVersion>;
  default_version: string | null;
  /** JSON Schema, of the default version; its properties in the order to show. */
  params_schema: ParamsSchema;
  /** tensors: it takes no images. */
  output_kind: string;
  platform: string;
  languages: Array<Language>;
  /** Of the default version. */
  state: string;
  /** What an upload for its default version is refused with now. */
  refusal: Refusal | null;
  desired_state: DesiredStateEnum;
  /** For staff alone. */
  reason?: string;
  /** For staff alone. */
  workers?: Array<ModelAtWorker>;
};

/** What one worker has of a model. */
export type ModelAtWorker = {
  worker: string;
  /** Empty: the model's folder cannot be used. */
  version: string;
  state: string;
  reason: string;
  sha256: string;
  instances: number;
  memory_bytes: number;
};

export type ModelPage = {
  next: string | null;
  previous: string | null;
  results: Array<Model>;
};

export type ModelVersion = {
  version: string;
  /** The best that any live worker has. */
  state: string;
  /** What an upload for it is refused with now. */
  refusal: Refusal | null;
  labels: Array<string>;
  /** JSON Schema of its parameters. */
  params_schema: ParamsSchema;
  /** For staff alone. */
  reason?: string;
};

export type NewAccountExportRequest = {
  /** Which part, from 1. */
  part?: number;
};

export type NewCorrectionRequest = {
  /** What the line reads, of at most 2,000 characters; line breaks are spaces. */
  text: string;
  /** What it read until now; `text_changed` where it reads otherwise meanwhile. */
  seen: string;
};

/** Either `images` or `filter`. */
export type NewExportRequest = {
  format?: FormatEnum;
  /** What of each image a ZIP has; both unless told otherwise. */
  include?: Array<IncludeEnum>;
  images?: Array<number>;
  filter?: ExportFilterRequest;
};

/** What a key is made of; `key`, its whole text, is shown this once. */
export type NewKey = {
  id: number;
  name: string;
  prefix: string;
  scopes: Array<ScopesEnum>;
  created_at: string;
  expires_at?: string | null;
  last_used_at: string | null;
  key: string;
};

/** What a key is made of; `key`, its whole text, is shown this once. */
export type NewKeyRequest = {
  name: string;
  scopes: Array<ScopesEnum>;
  expires_at?: string | null;
};

export type NewPasswordRequest = {
  current: string;
  password: string;
};

export type NewPredictionRequest = {
  model: string;
  model_version?: string | null;
  params?: Record<string, any>;
};

/** multipart/form-data; the files may also be named `image0`, `image1`, …. Nothing else. */
export type NewUploadRequest = {
  images?: Array<Blob>;
  model?: string;
  model_version?: string;
  /** A JSON object for the model. */
  params?: string;
  image_type?: string;
};

/** What a webhook is made of. */
export type NewWebhookRequest = {
  url: string;
  events?: Array<EventsEnum>;
  description?: string;
};

/** One that was just made; `secret` verifies its messages and is shown this once. */
export type NewWebhookView = {
  id: number;
  url: string;
  description: string;
  events: Array<EventsEnum>;
  enabled: boolean;
  disabled_reason: string;
  disabled_code: DisabledCodeEnum | BlankEnum;
  created_at: string;
  disabled_at: string | null;
  delivered_at: string | null;
  secret: string;
};

export type OneCorrection = {
  id: number;
  /** Its place among the output's regions, from 0. */
  line: number;
  before: string;
  after: string;
  /** The user who corrected it. */
  by: number;
  at: string;
};

export type OneCorrectionPage = {
  next: string | null;
  previous: string | null;
  results: Array<OneCorrection>;
};

/** What could not be done. */
export type OutputNote = {
  code: string;
  message: string;
};

/** JSON Schema of an object, with whatever keywords its model's author has used. */
export type ParamsSchema = {
  type?: string;
  /** In the order to show. */
  properties?: Record<string, Record<string, any>>;
  required?: Array<string>;
};

export type PasswordAgainRequest = {
  password: string;
};

/** What users change of their own account. */
export type PatchedMeChangeRequest = {
  email_notices?: boolean;
};

/** What may be changed of one. */
export type PatchedWebhookChangeRequest = {
  url?: string;
  events?: Array<EventsEnum>;
  description?: string;
  enabled?: boolean;
};

export type Possessions = {
  uploads: number;
  images: number;
  predictions: number;
};

/** One model applied to one image. */
export type Prediction = {
  id: number;
  image: number;
  upload: number;
  model: string;
  model_version: string;
  params: Record<string, any>;
  state: StateEnum;
  stage: string | null;
  progress: number;
  attempt: number;
  queue_position: number | null;
  /** Why it is not taken now; null: only its turn has not come. */
  waiting: PredictionWaiting | null;
  failures: number;
  error: PredictionError | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  timing: Timing | null;
  provenance: Provenance | null;
  /** Null until it has succeeded. */
  output: PredictionOutput | null;
};

export type PredictionError = {
  code: string;
  message: string;
};

/** What became of a prediction. */
export type PredictionEvent = {
  type: TypeEnum;
  /** Rises by exactly 1 for each event. */
  seq: number;
  at: string;
  upload: number;
  image: number;
  prediction: number;
  kind: PredictionEventKindEnum;
  /** Its output comes with prediction.succeeded and prediction.corrected alone. */
  data: EventPrediction;
};

export type PredictionEventKindEnum = "prediction.canceled" | "prediction.corrected" | "prediction.failed" | "prediction.queued" | "prediction.requeued" | "prediction.started" | "prediction.succeeded";

export type PredictionOutput = TextOutput | ImageOutput | LabelsOutput | RawOutput;

export type PredictionPage = {
  next: string | null;
  previous: string | null;
  results: Array<Prediction>;
};

export type PredictionWaiting = {
  /** model_unavailable, model_paused or no_worker. */
  code: string;
  message: string;
};

/** What computed it, as far as it is known. */
export type Provenance = {
  /** Of the version's files. */
  model_sha256?: string;
  device?: string;
  worker?: string;
};

export type Quota = {
  bytes_used: number;
  bytes_limit: number | null;
  queued: number;
  queued_limit: number | null;
};

/** Tensors by their names, as they came. */
export type RawOutput = {
  notes?: Array<OutputNote>;
  kind: RawOutputKindEnum;
  tensors: Record<string, any>;
};

export type RawOutputKindEnum = "raw";

/** An upload as it was received. */
export type ReceivedUpload = {
  id: number;
  model: string;
  model_version: string;
  params: Record<string, any>;
  created_at: string;
  counts: Counts;
  images: Array<Image>;
  /** With `?partial=1`: the files that were left out. */
  rejected?: Array<FaultEntry>;
};

export type RefreshRequest = {
  refresh: string;
};

export type Refusal = {
  /** model_unavailable. */
  code: string;
  message: string;
};

/** A new account. */
export type Registration = {
  id: number;
  username: string;
};

/** A new account. */
export type RegistrationRequest = {
  username: string;
  password: string;
};

export type RequestRates = {
  uploads: number | null;
  v2: number | null;
  /** Keys, webhooks, corrections and exports that are made, and messages sent again. */
  changes: number | null;
};

export type ScopesEnum = "read" | "write" | "infer";

/** A sign-in that counts. */
export type SignIn = {
  id: string;
  /** Or when it last changed the password. */
  created_at: string;
  /** To a quarter of an hour: when its tokens were last renewed. */
  last_used_at: string;
  /** Where it was made from. */
  address: string | null;
  /** What the client calls itself. */
  client: string;
  /** Whether it is the one that asks. */
  current: boolean;
};

export type SignInPage = {
  next: string | null;
  previous: string | null;
  results: Array<SignIn>;
};

export type StateEnum = "queued" | "running" | "succeeded" | "failed" | "canceled";

export type StatusEnum = "pending" | "delivered" | "failed";

/** Text that was read. */
export type TextOutput = {
  notes?: Array<OutputNote>;
  kind: TextOutputKindEnum;
  text: string;
  paragraphs?: Array<string>;
  language?: string | null;
  /** By how many degrees the image lay turned, clockwise. */
  turned?: number;
  regions: Array<TextRegion>;
};

export type TextOutputKindEnum = "text";

/** A line of text. */
export type TextRegion = {
  /** Its corners as x and y, in pixels of the upright image. */
  polygon: Array<Array<number>>;
  text: string;
  /** From 0 to 1. */
  confidence?: number;
  /** What the model has read, once it is corrected. */
  original?: string;
};

/** Where the time went, in milliseconds, as far as it is known. */
export type Timing = {
  /** Before its batch began. */
  queue_ms?: number;
  decode_ms?: number;
  compute_ms?: number;
  encode_ms?: number;
  /** With waiting. */
  total_ms?: number;
  /** Images computed at once. */
  batch_size?: number;
};

export type TokenPair = {
  access: string;
  refresh: string;
};

export type TypeEnum = "event";

/** One request: some images for one model. */
export type Upload = {
  id: number;
  model: string;
  model_version: string;
  params: Record<string, any>;
  created_at: string;
  counts: Counts;
  images: Array<Image>;
};

/** What became of an upload. */
export type UploadEvent = {
  type: TypeEnum;
  /** Rises by exactly 1 for each event. */
  seq: number;
  at: string;
  upload: number;
  image: number | null;
  prediction: number | null;
  kind: UploadEventKindEnum;
  data: UploadEventData;
};

/** All of it with upload.created, else `id` alone. */
export type UploadEventData = {
  id: number;
  model?: string;
  model_version?: string;
  created_at?: string;
  images?: Array<number>;
};

export type UploadEventKindEnum = "upload.created" | "upload.deleted";

export type UploadPage = {
  next: string | null;
  previous: string | null;
  results: Array<Upload>;
};

/** What became of a webhook. */
export type WebhookEvent = {
  type: TypeEnum;
  /** Rises by exactly 1 for each event. */
  seq: number;
  at: string;
  upload: number | null;
  image: number | null;
  prediction: number | null;
  kind: WebhookEventKindEnum;
  data: Record<string, any>;
};

export type WebhookEventKindEnum = "webhook.disabled";

/** A webhook as its user sees it: never its secret. */
export type WebhookView = {
  id: number;
  url: string;
  description: string;
  events: Array<EventsEnum>;
  enabled: boolean;
  disabled_reason: string;
  disabled_code: DisabledCodeEnum | BlankEnum;
  created_at: string;
  disabled_at: string | null;
  delivered_at: string | null;
};

export type WebhookViewPage = {
  next: string | null;
  previous: string | null;
  results: Array<WebhookView>;
};

export type ReadyMessage = {
  type: "ready";
  epoch: string;
  seq: number;
  user: {
    id: number;
    username: string;
  };
  expires_at: string | null;
};

export type ResetMessage = {
  type: "reset";
  epoch: string;
  seq: number;
};

export type EventMessage = PredictionEvent | ImageEvent | UploadEvent | WebhookEvent;

export type ProgressMessage = {
  type: "progress";
  prediction: number;
  image: number;
  upload: number;
  attempt: number;
  stage: string | null;
  fraction: number;
  queue_position?: number | null;
  eta_ms?: number;
  waiting?: {
    code: string;
    message: string;
  };
  /** What is known so far: JSON of at most 16 KiB. */
  partial?: any;
};

/** `/api/models/` would answer otherwise than before; told to those whose hello asked for it by `models`. */
export type ModelsChangedMessage = {
  type: "models.changed";
};

export type AuthExpiringMessage = {
  type: "auth.expiring";
  expires_at: string;
};

export type ErrorMessage = {
  type: "error";
  code: string;
  message: string;
};

/** Who is there, what they have seen, and whether they hear of models that come and go. */
export type HelloMessage = {
  type: "hello";
  token: string;
  epoch: string | null;
  after: number | null;
  models?: boolean;
};

/** A newer token of the same user. */
export type AuthMessage = {
  type: "auth";
  token: string;
};

/** Everything up to `seq` is processed. */
export type AckMessage = {
  type: "ack";
  seq: number;
};

/** Call this prediction off. */
export type CancelMessage = {
  type: "cancel";
  prediction: number;
};

/** What the server says. */
export type FromServer = ReadyMessage | ResetMessage | EventMessage | ProgressMessage | ModelsChangedMessage | AuthExpiringMessage | ErrorMessage;

/** What a client says: hello within 5 seconds, then the others. */
export type ToServer = HelloMessage | AuthMessage | AckMessage | CancelMessage;

/** Each call. */
export interface Calls {
  DELETE: {
    [path: `/api/images/${number}/`]: { body: Record<string, never>; answer: null };
    [path: `/api/images/${number}/pin/`]: { body: Record<string, never>; answer: Image };
    [path: `/api/keys/${number}/`]: { body: Record<string, never>; answer: null };
    [path: `/api/predictions/${number}/corrections/${number}/`]: { body: Record<string, never>; answer: Prediction };
    [path: `/api/uploads/${number}/`]: { body: Record<string, never>; answer: null };
    [path: `/api/users/me/sign-ins/${string}/`]: { body: Record<string, never>; answer: null };
    [path: `/api/webhooks/${number}/`]: { body: Record<string, never>; answer: null };
  };
  GET: {
    "/api/events/": { body: Record<string, never>; answer: EventPage };
    "/api/images/": { body: Record<string, never>; answer: ListedImagePage };
    [path: `/api/images/${number}/`]: { body: Record<string, never>; answer: Image };
    [path: `/api/images/${number}/predictions/`]: { body: Record<string, never>; answer: PredictionPage };
    "/api/keys/": { body: Record<string, never>; answer: KeyPage };
    "/api/models/": { body: Record<string, never>; answer: ModelPage };
    [path: `/api/models/${string}/`]: { body: Record<string, never>; answer: Model };
    [path: `/api/predictions/${number}/`]: { body: Record<string, never>; answer: Prediction };
    [path: `/api/predictions/${number}/corrections/`]: { body: Record<string, never>; answer: OneCorrectionPage };
    "/api/uploads/": { body: Record<string, never>; answer: UploadPage };
    [path: `/api/uploads/${number}/`]: { body: Record<string, never>; answer: Upload };
    "/api/users/me/": { body: Record<string, never>; answer: Me };
    "/api/users/me/sign-ins/": { body: Record<string, never>; answer: SignInPage };
    "/api/webhooks/": { body: Record<string, never>; answer: WebhookViewPage };
    [path: `/api/webhooks/${number}/`]: { body: Record<string, never>; answer: WebhookView };
    [path: `/api/webhooks/${number}/deliveries/`]: { body: Record<string, never>; answer: DeliveryPage };
  };
  PATCH: {
    "/api/users/me/": { body: PatchedMeChangeRequest; answer: Me };
    [path: `/api/webhooks/${number}/`]: { body: PatchedWebhookChangeRequest; answer: WebhookView };
  };
  POST: {
    "/api/exports/": { body: NewExportRequest; answer: Export };
    [path: `/api/images/${number}/predictions/`]: { body: NewPredictionRequest; answer: Prediction };
    "/api/keys/": { body: NewKeyRequest; answer: NewKey };
    [path: `/api/predictions/${number}/cancel/`]: { body: Record<string, never>; answer: Prediction };
    [path: `/api/predictions/${number}/retry/`]: { body: Record<string, never>; answer: Prediction };
    "/api/token/": { body: CredentialsRequest; answer: TokenPair };
    "/api/token/blacklist/": { body: RefreshRequest; answer: null };
    "/api/token/refresh/": { body: RefreshRequest; answer: TokenPair };
    "/api/uploads/": { body: Record<string, never>; answer: ReceivedUpload };
    "/api/users/": { body: RegistrationRequest; answer: Registration };
    "/api/users/me/delete/": { body: PasswordAgainRequest; answer: null };
    "/api/users/me/export/": { body: NewAccountExportRequest; answer: AccountExport };
    "/api/users/me/password/": { body: NewPasswordRequest; answer: null };
    "/api/webhooks/": { body: NewWebhookRequest; answer: NewWebhookView };
    [path: `/api/webhooks/deliveries/${number}/replay/`]: { body: Record<string, never>; answer: Delivery };
    [path: `/api/webhooks/${number}/test/`]: { body: Record<string, never>; answer: Delivery };
  };
  PUT: {
    [path: `/api/images/${number}/pin/`]: { body: Record<string, never>; answer: Image };
    [path: `/api/predictions/${number}/corrections/${number}/`]: { body: NewCorrectionRequest; answer: Prediction };
  };
}

type Known<Method extends keyof Calls, Path> =
  Path extends keyof Calls[Method] ? Calls[Method][Path] : { body: never; answer: never };

/** The call of an address, whatever is asked for after its question mark. */
export type Call<Method extends keyof Calls, Address extends string> =
  Address extends `${infer Path}?${string}` ? Known<Method, Path> : Known<Method, Address>;
