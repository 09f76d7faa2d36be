"""A model whose result is a file: its time is a parameter."""

import time

from inference.engine.model import ImageOutput


class Model:
    def __init__(self, context):
        pass

    def predict(self, requests):
        outputs = []
        for request in requests:
            request.report("compute", 0.5)
            time.sleep(request.params.get("ms", 20) / 1000)
            outputs.append(ImageOutput(255 - request.image))
        return outputs
