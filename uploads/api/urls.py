"""The routes of the REST contract."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter, StringConverter

from uploads.api import (
    account_exports,
    accounts,
    catalog,
    corrections,
    documents,
    events,
    exports,
    image_list,
    images,
    keys,
    predictions,
    sign_ins,
    uploads,
    webhooks,
)
from uploads.api.waiting import waiting


class RowId(IntConverter):
    """An id that a row can have: at most 18 digits."""

    regex = "[0-9]{1,18}"


class LineNumber(IntConverter):
    """A line's place: at most 9 digits."""

    regex = "[0-9]{1,9}"


class ModelName(StringConverter):
    regex = "[A-Za-z0-9._-]{1,100}"


register_converter(RowId, "row")
register_converter(LineNumber, "line")
register_converter(ModelName, "model")

urlpatterns = [
    path("users/", accounts.Users.as_view()),
    path("users/me/", accounts.Me.as_view()),
    path("users/me/password/", sign_ins.Password.as_view()),
    path("users/me/export/", account_exports.AccountExports.as_view()),
    path("users/me/delete/", sign_ins.AccountDeletion.as_view()),
    path("users/me/sign-ins/", sign_ins.SignIns.as_view()),
    path("users/me/sign-ins/<uuid:pk>/", sign_ins.OneSignIn.as_view()),
    path("token/", accounts.Token.as_view()),
    path("token/refresh/", accounts.TokenRefresh.as_view()),
    path("token/blacklist/", accounts.TokenBlacklist.as_view()),
    path("keys/", keys.Keys.as_view()),
    path("keys/<row:pk>/", keys.OneKey.as_view()),
    path("webhooks/", webhooks.Webhooks.as_view()),
    path("webhooks/<row:pk>/", webhooks.OneWebhook.as_view()),
    path("webhooks/<row:pk>/test/", webhooks.WebhookTest.as_view()),
    path("webhooks/<row:pk>/deliveries/", webhooks.Deliveries.as_view()),
    path("webhooks/deliveries/<row:pk>/replay/", webhooks.Replay.as_view()),
    path("uploads/", waiting(uploads.Uploads.as_view())),
    path("uploads/<row:pk>/", waiting(uploads.OneUpload.as_view())),
    path("images/", image_list.Images.as_view()),
    path("images/<row:pk>/", images.OneImage.as_view()),
    path("images/<row:pk>/pin/", images.ImagePin.as_view()),
    path("images/<row:pk>/file/", images.ImageFile.as_view()),
    path("images/<row:pk>/thumbnail/", images.ImageThumbnail.as_view()),
    path("images/<row:pk>/display/", images.ImageDisplay.as_view()),
    path("images/<row:pk>/predictions/", images.ImagePredictions.as_view()),
    path("predictions/<row:pk>/", predictions.OnePrediction.as_view()),
    path("predictions/<row:pk>/output/", predictions.PredictionOutput.as_view()),
    path("predictions/<row:pk>/export/", predictions.PredictionExport.as_view()),
    path("predictions/<row:pk>/corrections/", corrections.Corrections.as_view()),
    path("predictions/<row:pk>/corrections/<line:line>/", corrections.LineCorrection.as_view()),
    path("predictions/<row:pk>/cancel/", predictions.CancelPrediction.as_view()),
    path("predictions/<row:pk>/retry/", predictions.RetryPrediction.as_view()),
    path("exports/", exports.Exports.as_view()),
    path("exports/<uuid:pk>/", exports.OneExport.as_view()),
    path("events/", events.Events.as_view()),
    path("models/", catalog.Models.as_view()),
    path("models/<model:name>/", catalog.OneModel.as_view()),
    path("models/<model:name>/sample/", catalog.ModelSample.as_view()),
    path("schema/", documents.Schema.as_view(), name="schema"),
    path("docs/", documents.Docs.as_view(url_name="schema"), name="docs"),
]
