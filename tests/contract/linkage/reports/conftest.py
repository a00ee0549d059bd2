"""The town with its report desk, on each database."""

from pathlib import Path

import pytest

from storage.sql import Database
from tests.support.reporting import ReportingTown


@pytest.fixture
def reporting(database: Database, tmp_path: Path) -> ReportingTown:
    return ReportingTown(database, tmp_path / "photos")
