"""What changes on the way into an LMS: the report's remarks, and the labels of what a question becomes."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.exam.remark import Remark

MULTIPLE_CHOICE = N_("Multiple choice")
MULTIPLE_ANSWERS = N_("Multiple answers")
TRUE_FALSE = N_("True or false")
SHORT_ANSWER = N_("Short answer")
ESSAY = N_("Essay, marked by you")
FILE_UPLOAD = N_("File upload, marked by you")
TEXT = N_("Text")
FILL_IN = N_("Fill in the blanks")
DROPDOWNS = N_("Menus in a text")
MATCHING = N_("Matching")
ORDERING = N_("Ordering")

TEACHER_MARKS = Remark("format.teacher-marks", N_("Examplary marks this by its criteria; here you mark it yourself."))
KEYED_TO_ESSAY = Remark("format.keyed-essay", N_("Students write their answer, and you mark it."))
NO_KEY = Remark(
    "format.no-key", N_("Without a usable right answer it cannot be marked by itself: students write their answer.")
)
DATE_FORMAT = Remark(
    "format.date", N_("Students type the date as YYYY-MM-DD; other usual ways to write it count as right too.")
)
VOICE_TO_UPLOAD = Remark("format.voice-upload", N_("Students record their voice elsewhere and upload the recording."))
VOICE_TO_ESSAY = Remark("format.voice-essay", N_("There is no place for recordings: students hand in a file or write."))
UPLOAD_TO_ESSAY = Remark("format.upload-essay", N_("There is no place for files: students hand in a file or write."))
ORDER_TO_ESSAY = Remark("format.order-essay", N_("Students write the order down."))
MATCH_TO_ESSAY = Remark("format.match-essay", N_("Students write the pairs down."))
BLANKS_TO_ESSAY = Remark("format.blanks-essay", N_("Students write down what belongs in the blanks."))
BLANK_BELOW = Remark("format.blank-below", N_("Students write their answer below the text, not in it."))
FORMULA_TO_ESSAY = Remark("format.formula", N_("There is no formula editor that marks: students write their formula."))
STEPS_TO_ESSAY = Remark("format.steps", N_("There is no notebook: students write their calculation down."))
TALK_TO_ESSAY = Remark("format.conversation", N_("There is no conversation with an AI: students write what they say."))
ANALYSIS_TO_DROPDOWNS = Remark(
    "format.analysis-menus", N_("The sentence is divided already: students choose the name of each part from a menu.")
)
ANALYSIS_TO_ESSAY = Remark("format.analysis", N_("There is no sentence analysis: students write their analysis down."))
UNKNOWN_TO_ESSAY = Remark("format.unknown", N_("Only Examplary can show this type: students write their answer."))
WORD_LIMITS = Remark("format.word-limits", N_("The limits in words are told to the students and are not enforced."))
FILE_TYPES = Remark("format.file-types", N_("The LMS is not told which kinds of file are allowed."))
LEFT_OUT_UNREADABLE = Remark("format.unreadable", N_("There is nothing that could be put into the course."))
PARTIAL_CREDIT = Remark(
    "format.partial-credit", N_("Students may get part of the points; in Examplary it is all or nothing.")
)
LONG_STEM = Remark(
    "format.long-text", N_("The text is long: part of it stands in %(count)s separate texts before the question.")
)
LETTERS = Remark(
    "format.letters", N_("A place for answers here holds short plain text: they stand in the text, each with a letter.")
)
SWAPPED = Remark("format.swapped", N_("The two columns have changed places, for the menus here hold plain text only."))
MEDIA_REMOTE = Remark(
    "format.media-remote",
    N_("%(count)s images or files could not be taken along and stay at Examplary; they may disappear from there."),
)
MEDIA_MISSING = Remark("format.media-missing", N_("%(count)s images or files have no usable address and are missing."))
CASE_IGNORED = Remark("format.case", N_("Capitals make no difference here; in Examplary they do."))
PLAIN_TEXTS = Remark("format.plain-texts", N_("The items are shown without formatting."))
ONE_OF_FEW = Remark("format.signs", N_("The accepted answers hold signs (<, >, &) that would not be compared rightly."))
