"""The stored progress of an import into Canvas."""

from __future__ import annotations

from lti_tool.lms.canvas.import_progress import ImportProgress, Phase


def test_the_progress_survives_storage():
    progress = ImportProgress(title="Cells", questions=("a", "b"), quizzes_before=("classic:1",))
    followed = progress.enter(Phase.FOLLOWING, migration="7").after_poll()
    assert followed.polls == 1
    assert ImportProgress.read(followed.to_json()) == followed


def test_imports_in_progress_during_an_upgrade_keep_their_number_of_polls():
    """The key is the one that earlier versions read and write."""
    stored = {"phase": "following", "migration": "7", "looks": 26}
    progress = ImportProgress.read(stored)
    assert (progress.phase, progress.migration, progress.polls) == (Phase.FOLLOWING, "7", 26)
    assert progress.after_poll().to_json()["looks"] == 27
    assert "polls" not in progress.to_json()
