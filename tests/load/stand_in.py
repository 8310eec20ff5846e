"""Run the sandbox's Examplary as a separate process; print its URL."""

import sys
import threading

from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.serve import serve
from tests.support.examplary import API_KEY

with serve(create_examplary(ExamplaryConfig(api_key=API_KEY, control=True)), "127.0.0.1") as server:
    sys.stdout.write(server.local_url + "\n")
    sys.stdout.flush()
    threading.Event().wait()
