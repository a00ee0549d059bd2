"""How the program logs: lines on stderr, coloured on a terminal, JSON anywhere else."""

import logging
import sys
from typing import Any

import structlog


def configure_log(part: str, level: int = logging.INFO) -> None:
    """Log from here on as `part` of the program, from `level` up; of other libraries their warnings."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, *_rendering()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=part)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_foreign()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _rendering() -> list[Any]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _foreign() -> list[Any]:
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering()]
