// @ts-check
import { FakeKnown, settled } from "./fakes.js";
import { equal, test } from "./harness.js";
import { photos, request, upload, uploader } from "./uploader.js";

export { run } from "./harness.js";

/** Uploader of a user whose photos with these names are there already, by image id.
 * @param {Record<string, number>} ids @param {FakeTray} [tray] */
const knowing = (ids, tray) => uploader(tray, new FakeKnown(ids));

const asked = (/** @type {Uploader} */ { inquiry }) =>
  inquiry.open.map(({ items }) => items.map(({ file }) => file.name));

test("what the server has already waits for an answer, and holds back no others", async () => {
  const { subject, sent, accepted } = knowing({ "b.jpg": 7 });
  void subject.add(photos("a.jpg", "b.jpg"), request);
  await settled();
  equal([sent.map(({ names }) => names), asked(subject)], [[["a.jpg"]], [["b.jpg"]]]);
  await sent[0].resolve(upload(1));
  equal([accepted.length, sent.length, subject.isBusy, subject.wouldLose], [1, 1, false, false]);
});

test("what is there is used, or sent all the same, as a person says", async () => {
  const { subject, sent, used, tray } = knowing({ "a.jpg": 6, "b.jpg": 7 });
  void subject.add(photos("a.jpg", "b.jpg"), request);
  await settled();
  subject.inquiry.answer("use");
  await settled();
  equal([used, sent.length, subject.batches.length, tray.kept.size], [[6, 7], 0, 0, 0]);
  void subject.add(photos("a.jpg"), request);
  await settled();
  subject.inquiry.answer("send");
  await settled();
  equal([used.length, sent.map(({ names }) => names), asked(subject)], [2, [["a.jpg"]], []]);
});

test("what is to be sent whatever is there is neither looked up nor asked about", async () => {
  const { subject, sent, known } = knowing({ "a.jpg": 6 });
  known.hold();
  void subject.add(photos("a.jpg"), request, "send");
  await settled();
  equal([sent.map(({ names }) => names), asked(subject)], [[["a.jpg"]], []]);
});

test("an answer holds for what is found of the same choice later", async () => {
  const { subject, sent, used, known } = knowing({ "a.jpg": 5, "c.jpg": 7 });
  known.hold();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  await known.letOneGo();
  equal(asked(subject), [["c.jpg"]]);
  subject.inquiry.answer("use");
  await known.letAllGo();
  equal([used, sent.map(({ names }) => names), asked(subject)], [[5, 7], [["b.jpg"]], []]);
});

test("a photo that was deleted meanwhile is sent, without an answer and with one", async () => {
  const { subject, sent, used, known } = knowing({ "a.jpg": 6, "b.jpg": 7, "c.jpg": 8 });
  void subject.add(photos("a.jpg", "b.jpg"), request);
  await settled();
  known.ids = { "b.jpg": 7, "c.jpg": 8 };
  subject.inquiry.photosGone(({ id }) => id === 6);
  await settled();
  equal([sent.map(({ names }) => names), asked(subject)], [[["a.jpg"]], [["b.jpg"]]]);
  known.ids = {};
  await sent[0].resolve(upload(1));
  subject.inquiry.answer("use");
  await settled();
  equal([used, sent[1].names, asked(subject)], [[], ["b.jpg"], []]);
});

test("the question is there again after a reload, and what was sent meanwhile is asked about no more", async () => {
  const first = knowing({ "b.jpg": 7, "c.jpg": 8 });
  void first.subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  equal(first.tray.kept.size, 3);
  const { subject, sent, used } = knowing({ "a.jpg": 1, "b.jpg": 7, "c.jpg": 8 }, first.tray);
  void subject.start();
  await settled();
  equal([sent.map(({ names }) => names), asked(subject).flat().toSorted()], [[["a.jpg"]], ["b.jpg", "c.jpg"]]);
  equal(new Set(subject.inquiry.open.map(({ choice }) => choice)).size, 1);
  subject.inquiry.answer("use");
  await settled();
  equal(used.toSorted(), [7, 8]);
});

test("where nothing can be found out photos are sent, but none that a person was asked about", async () => {
  const first = knowing({ "b.jpg": 7 });
  void first.subject.add(photos("b.jpg"), request);
  await settled();
  const { subject, sent, known } = knowing({}, first.tray);
  known.isAway = true;
  void subject.start();
  void subject.add(photos("a.jpg"), request);
  await settled();
  equal([sent.map(({ names }) => names), asked(subject)], [[["a.jpg"]], [["b.jpg"]]]);
});

test("what is being looked up can be canceled", async () => {
  const { subject, sent, known } = knowing({});
  known.hold();
  void subject.add(photos("a.jpg"), request);
  await settled();
  equal([subject.isBusy, subject.wouldLose], [true, true]);
  subject.cancel(subject.batches);
  await known.letAllGo();
  equal([sent.length, subject.batches.length, subject.isBusy], [0, 0, false]);
});
