"""moto behind a lock: one request at a time.

moto's own server answers in threads and looks at an If-None-Match or a ConditionExpression in one step and writes
in another, so that two writers may both find the condition true. Here a request body is read first, whatever its
client's pace, and the request is then handled alone.
"""

import io
import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple


class OneAtATime:
    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        length = environ.get("CONTENT_LENGTH")
        body = environ["wsgi.input"]
        if length:
            environ["wsgi.input"] = io.BytesIO(body.read(int(length)))
        elif environ.get("wsgi.input_terminated"):
            environ["wsgi.input"] = io.BytesIO(body.read())
        with self.lock:
            return self.application(environ, start_response)


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code="-", size="-"):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1])
    os.environ["MOTO_PORT"] = str(port)
    application = DomainDispatcherApplication(create_backend_app)
    run_simple("127.0.0.1", port, OneAtATime(application), threaded=True, request_handler=QuietHandler)
