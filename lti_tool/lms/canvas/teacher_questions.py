"""Questions for the teacher during an import into Canvas: engine, replace or add, and whether the quiz arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.errors import N_
from lti_tool.lms.canvas.course_quizzes import CourseQuiz
from lti_tool.lms.canvas.import_progress import CLASSIC, NEW, short_hashes
from lti_tool.lms.direct_import import AnswerChoice, EarlierImport, ImportOrder, TeacherQuestion

REPLACE, ADD, AGAIN, THERE = "replace", "new", "again", "there"
ASK_FOR_PLACE = "place"
"""Name of the teacher's option to be asked for a module and an assignment group."""
MAX_PLACES = 40

WHICH_ENGINE = N_("This course has two kinds of quizzes. Which one do you want?")
REPLACE_OR_ADD = N_(
    "This course has a quiz of this exam, “%(quiz)s”. Replacing it sets its title, settings and questions again, also "
    "where they were changed in Canvas."
)
IS_NEW_QUIZ = N_("This course has a quiz of this exam, “%(quiz)s”. It is a New Quiz, and Canvas can't replace those.")
IS_CLASSIC = N_(
    "This course has a quiz of this exam, “%(quiz)s”. It is a Classic quiz, and your administrator allows only New "
    "Quizzes, so it isn't replaced."
)
IS_PUBLISHED = N_(
    "This course has a quiz of this exam, “%(quiz)s”. It is published, so Examplary doesn't replace it: students may "
    "have begun."
)
LACKS_QUESTIONS = N_(
    "This course has a quiz of this exam, “%(quiz)s”. The exam no longer has all of its questions, and Canvas would "
    "keep them, so it can't be replaced."
)
WAS_CHANGED = N_(
    "This course has a quiz of this exam, “%(quiz)s”. Questions were added or removed in Canvas, so it isn't replaced."
)
NOT_KNOWN = N_(
    "Canvas hasn't responded, and Examplary can't see whether the import has begun. In a minute or two, look "
    "under “Quizzes” in your course. Is the exam there?"
)

WHICH_MODULE = N_("Which module should the quiz go in?")
WHICH_GROUP = N_("Which assignment group should the quiz go in?")

NO_MODULE, USUAL_GROUP = N_("No module"), N_("Canvas's default")
REPLACE_IT = N_("Replace the quiz in Canvas")
ADD_NEW = N_("Add as a new quiz")
ADD_CLASSIC, ADD_NEW_QUIZ = N_("Add as a Classic quiz"), N_("Add as a New Quiz")
IS_THERE, IS_NOT_THERE = N_("Yes, keep it"), N_("No, add it again")


@dataclass(frozen=True, slots=True)
class Decision:
    """The teacher's answers so far. Empty: not asked."""

    replaces: str = ""
    engine: str = ""
    is_there: bool = False
    is_repeated: bool = False
    module: str | None = None
    """Empty: no module."""
    group: str | None = None
    """Empty: Canvas's default."""

    @classmethod
    def read(cls, decision: str) -> Decision:
        """Read the value of an :class:`AnswerChoice`."""
        parts = [part.partition(":") for part in decision.split(",")]
        values = {name: value for name, _, value in parts}
        return cls(
            replaces=values.get(REPLACE, ""),
            engine=values.get(ADD, ""),
            is_there=THERE in values,
            is_repeated=AGAIN in values,
            module=values.get("module"),
            group=values.get("group"),
        )


@dataclass(frozen=True, slots=True)
class KnownQuiz:
    """A quiz that this tool made of the exam, as it is in the course now."""

    quiz: CourseQuiz
    quiz_data: Mapping[str, object]

    @property
    def copy(self) -> str:
        """The copy of the package that it was made of."""
        return str(self.quiz_data.get("copy", ""))

    @property
    def questions(self) -> frozenset[str]:
        """Short hashes of the questions that it was made of."""
        hashes = self.quiz_data.get("questions")
        return frozenset(map(str, hashes)) if isinstance(hashes, list) else frozenset()

    @property
    def count_then(self) -> int:
        """Canvas's number of questions after it was made; -1: not known."""
        count = self.quiz_data.get("question_count")
        return count if isinstance(count, int) else -1

    def obstacle(self, order: ImportOrder) -> str:
        """Return why it can't be replaced, as a sentence; empty: it can."""
        if self.quiz.engine == NEW:
            return IS_NEW_QUIZ
        if order.quiz_kind == NEW:
            return IS_CLASSIC
        if self.quiz.published:
            return IS_PUBLISHED
        if not self.copy or not self.questions <= set(short_hashes(question.id for question in order.questions)):
            return LACKS_QUESTIONS
        return WAS_CHANGED if self.count_then != self.quiz.question_count else ""


def known_quiz(order: ImportOrder, listed: dict[str, CourseQuiz], course: str) -> KnownQuiz | None:
    """Return the newest quiz that an earlier import made and that is still in the course."""
    for earlier in order.earlier:
        quiz = listed.get(quiz_id(earlier, order, course))
        if quiz is not None:
            return KnownQuiz(quiz, earlier.quiz_data)
    return None


def quiz_id(earlier: EarlierImport, order: ImportOrder, course: str) -> str:
    """Return the id of the quiz that ``earlier`` made in this course; empty if it isn't known."""
    data = earlier.quiz_data
    base_url = order.account.base_url if order.account is not None else ""
    is_here = (data.get("base_url"), data.get("course")) == (base_url, course)
    return str(data.get("quiz", "")) if is_here else ""


def ask(order: ImportOrder, engines: tuple[str, ...], quiz: KnownQuiz | None) -> TeacherQuestion | None:
    """Return the question to ask before anything is created; ``None`` if there is none."""
    decision = Decision.read(order.decision)
    obstacle = quiz.obstacle(order) if quiz is not None else ""
    if decision.engine in engines:
        return None
    if quiz is not None and decision.replaces == quiz.quiz.id and not obstacle:
        return None
    additions = _additions(engines)
    if quiz is None:
        return TeacherQuestion("canvas.engine", WHICH_ENGINE, additions) if len(additions) > 1 else None
    facts = {"quiz": quiz.quiz.title}
    if obstacle:
        return TeacherQuestion("canvas.add", obstacle, _with_link(additions, quiz), facts)
    replacement = AnswerChoice(f"{REPLACE}:{quiz.quiz.id}", REPLACE_IT, facts, quiz.quiz.url)
    return TeacherQuestion("canvas.replace", REPLACE_OR_ADD, (replacement, *additions), facts)


def ask_whether_it_is_there(order: ImportOrder, quizzes_url: str) -> TeacherQuestion:
    """Return the question after an answer that never came."""
    choices = (
        AnswerChoice(_after(order, AGAIN), IS_NOT_THERE),
        AnswerChoice(_after(order, THERE), IS_THERE, link=quizzes_url),
    )
    return TeacherQuestion("canvas.not_known", NOT_KNOWN, choices)


def ask_for_module(order: ImportOrder, modules: tuple[tuple[str, str], ...]) -> TeacherQuestion | None:
    """Return the question for a module, if there are any and it was not answered."""
    if not modules or Decision.read(order.decision).module is not None:
        return None
    return TeacherQuestion("canvas.module", WHICH_MODULE, _places(order, "module", modules, NO_MODULE))


def ask_for_group(order: ImportOrder, groups: tuple[tuple[str, str], ...]) -> TeacherQuestion | None:
    """Return the question for an assignment group, if there are several and it was not answered."""
    if len(groups) < 2 or Decision.read(order.decision).group is not None:
        return None
    return TeacherQuestion("canvas.group", WHICH_GROUP, _places(order, "group", groups, USUAL_GROUP))


def _places(
    order: ImportOrder, kind: str, places: tuple[tuple[str, str], ...], no_place: str
) -> tuple[AnswerChoice, ...]:
    offered = [
        AnswerChoice(_after(order, f"{kind}:{place_id}"), "%(name)s", {"name": name})
        for place_id, name in places[:MAX_PLACES]
    ]
    return (*offered, AnswerChoice(_after(order, f"{kind}:"), no_place))


def _after(order: ImportOrder, value: str) -> str:
    """Return the value of a choice that keeps the answers before it."""
    return f"{order.decision},{value}" if order.decision else value


def _additions(engines: tuple[str, ...]) -> tuple[AnswerChoice, ...]:
    if len(engines) == 1:
        return (AnswerChoice(f"{ADD}:{engines[0]}", ADD_NEW),)
    texts = {CLASSIC: ADD_CLASSIC, NEW: ADD_NEW_QUIZ}
    return tuple(AnswerChoice(f"{ADD}:{engine}", texts[engine]) for engine in engines)


def _with_link(choices: tuple[AnswerChoice, ...], quiz: KnownQuiz) -> tuple[AnswerChoice, ...]:
    return (AnswerChoice(choices[0].value, choices[0].text, choices[0].facts, quiz.quiz.url), *choices[1:])
