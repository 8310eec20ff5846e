"""What changes on the way into an LMS: the report's remarks, and the labels of what a question becomes."""

from __future__ import annotations

from lti_tool.errors import N_, NN_
from lti_tool.exam.remark import Remark

MULTIPLE_CHOICE = N_("Multiple choice")
MULTIPLE_ANSWERS = N_("Multiple answers")
TRUE_FALSE = N_("True or false")
SHORT_ANSWER = N_("Short answer")
ESSAY = N_("Essay, marked by you")
FILE_UPLOAD = N_("File upload, marked by you")
TEXT = N_("Text")
FILL_IN = N_("Fill in the blanks")
DROPDOWNS = N_("Drop-down menus in a text")
MATCHING = N_("Matching")
ORDERING = N_("Ordering")

TEACHER_MARKS = Remark(
    "format.teacher-marks", N_("Examplary marks this with its criteria; here, you mark it yourself.")
)
KEYED_TO_ESSAY = Remark("format.keyed-essay", N_("Students write their answer, and you mark it."))
NO_KEY = Remark(
    "format.no-key",
    N_("Without a usable correct answer, it can't be marked automatically: students write their answer."),
)
DATE_FORMAT = Remark(
    "format.date", N_("Students type the date as YYYY-MM-DD; other common notations are accepted too.")
)
VOICE_TO_UPLOAD = Remark("format.voice-upload", N_("Students record their voice elsewhere and upload the recording."))
VOICE_TO_ESSAY = Remark(
    "format.voice-essay", N_("There is no recording question here: students hand in a file or write.")
)
UPLOAD_TO_ESSAY = Remark(
    "format.upload-essay", N_("There is no upload question here: students hand in a file or write.")
)
ORDER_TO_ESSAY = Remark("format.order-essay", N_("Students write down the order."))
MATCH_TO_ESSAY = Remark("format.match-essay", N_("Students write down the pairs."))
BLANKS_TO_ESSAY = Remark("format.blanks-essay", N_("Students write down what belongs in the blanks."))
BLANK_BELOW = Remark("format.blank-below", N_("Students write their answer below the text, not in it."))
FORMULA_TO_ESSAY = Remark(
    "format.formula", N_("There is no formula editor with automatic marking here: students write their formula.")
)
STEPS_TO_ESSAY = Remark("format.steps", N_("There is no notebook here: students write down their calculation."))
PROGRAM_TO_ESSAY = Remark(
    "format.program",
    N_("Programs aren't run here: students write their code, and you mark it yourself."),
)
TALK_TO_ESSAY = Remark(
    "format.conversation", N_("Conversations with an AI aren't possible here: students write what they would say.")
)
ANALYSIS_TO_DROPDOWNS = Remark(
    "format.analysis-menus", N_("The sentence is already divided: students choose the name of each part from a menu.")
)
ANALYSIS_TO_ESSAY = Remark(
    "format.analysis", N_("There is no sentence analysis here: students write down their analysis.")
)
UNKNOWN_TO_ESSAY = Remark("format.unknown", N_("Only Examplary supports this type: students write their answer."))
WORD_LIMITS = Remark("format.word-limits", N_("Word limits are shown to students but not enforced."))
FILE_TYPES = Remark("format.file-types", N_("The LMS doesn't know which file types are allowed."))
LEFT_OUT_UNREADABLE = Remark("format.unreadable", N_("There is nothing to add to the course."))
PARTIAL_CREDIT = Remark(
    "format.partial-credit", N_("Students can earn partial points; in Examplary it's all or nothing.")
)
LETTERS = Remark(
    "format.letters",
    N_("Answer fields here hold only short plain text, so the answers are listed in the question, each with a letter."),
)
SWAPPED = Remark("format.swapped", N_("The two columns are swapped, because the menus here hold plain text only."))
MEDIA_REMOTE = Remark(
    "format.media-remote",
    *NN_(
        "%(count)s image or file couldn't be downloaded. It is still hosted by Examplary and may disappear.",
        "%(count)s images or files couldn't be downloaded. They are still hosted by Examplary and may disappear.",
    ),
)
MEDIA_MISSING = Remark(
    "format.media-missing",
    *NN_(
        "%(count)s image or file is missing, because it has no valid address.",
        "%(count)s images or files are missing, because they have no valid address.",
    ),
)
DRAWING_PARTS = Remark(
    "format.drawing-parts",
    *NN_(
        "%(count)s drawing (SVG) lost a part that could be unsafe.",
        "%(count)s drawings (SVG) lost parts that could be unsafe.",
    ),
)
ENGLISH = Remark(
    "format.english",
    N_("Words that we add are in English, because we don't have them in the exam's language."),
)
FULL_WIDTH = Remark(
    "format.wide-signs",
    N_(
        "These characters can't be used in menus and items here, so full-width ones are shown instead: < as ＜, > "
        "as ＞, & as ＆."
    ),
)
CASE_IGNORED = Remark("format.case", N_("Upper and lower case count as the same here; in Examplary they don't."))
PLAIN_TEXTS = Remark("format.plain-texts", N_("The items are shown without formatting."))
ANSWER_CHARACTERS = Remark(
    "format.signs", N_("The accepted answers contain characters (<, >, &) that wouldn't be compared correctly.")
)
