"""How a server writes its log: text for a person at a terminal, JSON lines for a collector."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

LogFormat = Literal["auto", "json", "text"]


class JsonLines(logging.Formatter):
    """A record as a line of JSON: time (UTC), level, logger, message, and the ``fields`` that came with it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname, "logger": record.name, "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure(format: LogFormat) -> None:
    """Writes to standard error from now on; ``auto`` is text where that is a terminal, JSON where not."""
    text = format == "text" or (format == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s") if text else JsonLines())
    # Neither format says where in the code or in which process a line was written; finding out takes half of the time.
    logging._srcfile = None  # as the documentation of logging advises
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("p4c_graph").setLevel(logging.INFO)
