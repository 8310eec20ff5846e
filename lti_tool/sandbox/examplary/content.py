"""What a stand-in Examplary knows and how it says it, in English and Dutch. All texts are our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict


class Words(TypedDict):
    """The sentences of one language; ``{…}`` places are filled with facts."""

    capital: str
    capital_more: str
    in_europe: str
    several: str
    is_capital: str
    symbol: str
    symbol_more: str
    year: str
    which_shape: str
    click: str
    shapes: dict[str, str]
    order: str
    oldest_first: str
    match: str
    match_more: str
    gaps: str
    gap_sentence: str
    solve: str
    solve_more: str
    notebook: str
    explain: str
    explain_more: str
    explain_model: str
    essay: str
    essay_more: str
    source: str
    source_more: str
    upload: str
    upload_more: str
    voice: str
    talk: str
    talk_prompt: str
    talk_done: str
    analyse: str
    sentence: str
    intro: str
    intro_more: str
    outro: str
    outro_more: str
    right: str
    wrong: str
    full: str
    half: str
    missing: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Facts of one language: capital by country, symbol by element, year by event; ``europe`` are countries."""

    capitals: dict[str, str]
    elements: dict[str, str]
    events: dict[str, int]
    elsewhere: tuple[str, ...]
    words: Words


# fmt: off
_EN = Knowledge(
    capitals={
        "France": "Paris", "Spain": "Madrid", "Italy": "Rome", "Norway": "Oslo", "Portugal": "Lisbon",
        "Greece": "Athens", "Poland": "Warsaw", "Austria": "Vienna", "Hungary": "Budapest", "Finland": "Helsinki",
    },
    elements={"sodium": "Na", "potassium": "K", "iron": "Fe", "gold": "Au", "silver": "Ag", "oxygen": "O"},
    events={
        "Fall of the Berlin Wall": 1989, "First Moon landing": 1969, "French Revolution": 1789,
        "Columbus reaches the Americas": 1492, "Battle of Waterloo": 1815, "Outbreak of the First World War": 1914,
    },
    elsewhere=("Brazil", "Japan", "Kenya", "Canada", "Vietnam"),
    words={
        "capital": "What is the capital of {country}?",
        "capital_more": "<p>Choose <strong>one</strong> answer.</p>",
        "in_europe": "Which of these countries are in Europe?",
        "several": "<p>More than one answer is right.</p>",
        "is_capital": "{city} is the capital of {country}.",
        "symbol": "What is the chemical symbol of {element}?",
        "symbol_more": "<p>Mind <em>upper</em> and <em>lower</em> case: CO<sub>2</sub> is not Co<sub>2</sub>.</p>",
        "year": "In which year was this: {event}?",
        "which_shape": "Which picture shows a {shape}?",
        "click": "<p>Click on the right picture.</p>",
        "shapes": {"circle": "circle", "square": "square", "triangle": "triangle"},
        "order": "Put these events in chronological order.",
        "oldest_first": "<p>The oldest first.</p>",
        "match": "Match each country with its capital.",
        "match_more": "<p>Every capital is used once.</p>",
        "gaps": "Fill in the capitals.",
        "gap_sentence": "The capital of {one} is ___ and the capital of {other} is ___.",
        "solve": "Solve for x.",
        "solve_more": "<p>Solve <inline-math>{a}x + {b} = {c}</inline-math>. Give the value of <em>x</em>.</p>",
        "notebook": "<p>Solve <inline-math>\\frac{{{a}x + {b}}}{{2}} = {half}</inline-math>, every step.</p>",
        "explain": "Explain why {subject} matters to the people in your town.",
        "explain_more": "<p>Name at least:</p><ul><li><p>one cause</p></li><li><p>one effect</p></li></ul>",
        "explain_model": "<p>A good answer links a <strong>cause</strong> to an effect with an example.</p>",
        "essay": "Write an essay: “What would the world be without {subject}?”",
        "essay_more": "<p>Use two sources.</p><blockquote><p>“Never stop asking.”</p></blockquote>",
        "source": "Source: {subject} in figures",
        "source_more": "Study the table and the graph. They belong to the questions that follow.",
        "upload": "Hand in your report about {subject}.",
        "upload_more": "<p>A PDF of at most 10&nbsp;MB.</p>",
        "voice": "Explain {subject} aloud in one minute.",
        "talk": "Talk with a tutor about {subject}.",
        "talk_prompt": "You are a friendly tutor of {subject}. Ask one question at a time.",
        "talk_done": "<ul><li>The student gives one example</li></ul>",
        "analyse": "Parse the sentence.",
        "sentence": "Today we visit the museum.",
        "intro": "Welcome",
        "intro_more": "<p>You have {minutes} minutes. Good luck 🍀</p>",
        "outro": "The end",
        "outro_more": "<p>Check your answers before you hand in.</p>",
        "right": "Correct", "wrong": "Incorrect", "full": "Complete", "half": "Half", "missing": "Missing",
    },
)

_NL = Knowledge(
    capitals={
        "Frankrijk": "Parijs", "Spanje": "Madrid", "Italië": "Rome", "Noorwegen": "Oslo", "Portugal": "Lissabon",
        "Griekenland": "Athene", "Polen": "Warschau", "Oostenrijk": "Wenen", "Hongarije": "Boedapest",
        "Finland": "Helsinki",
    },
    elements={"natrium": "Na", "kalium": "K", "ijzer": "Fe", "goud": "Au", "zilver": "Ag", "zuurstof": "O"},
    events={
        "Val van de Berlijnse Muur": 1989, "Eerste mens op de maan": 1969, "Watersnoodramp": 1953,
        "Franse Revolutie": 1789, "Vrede van Münster": 1648, "Slag bij Waterloo": 1815,
    },
    elsewhere=("Brazilië", "Japan", "Kenia", "Canada", "Vietnam"),
    words={
        "capital": "Wat is de hoofdstad van {country}?",
        "capital_more": "<p>Kies <strong>één</strong> antwoord.</p>",
        "in_europe": "Welke van deze landen liggen in Europa?",
        "several": "<p>Meer dan één antwoord is juist.</p>",
        "is_capital": "{city} is de hoofdstad van {country}.",
        "symbol": "Wat is het symbool van {element}?",
        "symbol_more": "<p>Let op <em>hoofdletters</em>: CO<sub>2</sub> is geen Co<sub>2</sub>.</p>",
        "year": "In welk jaar was dit: {event}?",
        "which_shape": "Welke afbeelding toont een {shape}?",
        "click": "<p>Klik op de juiste afbeelding.</p>",
        "shapes": {"circle": "cirkel", "square": "vierkant", "triangle": "driehoek"},
        "order": "Zet deze gebeurtenissen in chronologische volgorde.",
        "oldest_first": "<p>De oudste eerst.</p>",
        "match": "Verbind elk land met zijn hoofdstad.",
        "match_more": "<p>Elke hoofdstad hoort bij één land.</p>",
        "gaps": "Vul de hoofdsteden in.",
        "gap_sentence": "De hoofdstad van {one} is ___ en de hoofdstad van {other} is ___.",
        "solve": "Los x op.",
        "solve_more": "<p>Los <inline-math>{a}x + {b} = {c}</inline-math> op. Geef de waarde van <em>x</em>.</p>",
        "notebook": "<p>Los <inline-math>\\frac{{{a}x + {b}}}{{2}} = {half}</inline-math> stap voor stap op.</p>",
        "explain": "Leg uit waarom {subject} belangrijk is voor de mensen in jouw gemeente.",
        "explain_more": "<p>Noem in elk geval:</p><ul><li><p>één oorzaak</p></li><li><p>één gevolg</p></li></ul>",
        "explain_model": "<p>Een goed antwoord verbindt <strong>oorzaak</strong> en gevolg.</p>",
        "essay": "Schrijf een betoog: “Hoe zou de wereld er zonder {subject} uitzien?”",
        "essay_more": "<p>Gebruik twee bronnen.</p><blockquote><p>“Blijf altijd vragen.”</p></blockquote>",
        "source": "Bron: {subject} in cijfers",
        "source_more": "Bestudeer de tabel en de grafiek. Ze horen bij de vragen hierna.",
        "upload": "Lever je verslag over {subject} in.",
        "upload_more": "<p>Een PDF van hoogstens 10&nbsp;MB.</p>",
        "voice": "Leg {subject} in één minuut hardop uit.",
        "talk": "Praat met een tutor over {subject}.",
        "talk_prompt": "Je bent een vriendelijke tutor voor {subject}. Stel één vraag tegelijk.",
        "talk_done": "<ul><li>De leerling geeft een voorbeeld</li></ul>",
        "analyse": "Ontleed de zin.",
        "sentence": "Vandaag bezoeken wij het museum.",
        "intro": "Welkom",
        "intro_more": "<p>Je hebt {minutes} minuten. Succes 🍀</p>",
        "outro": "Einde",
        "outro_more": "<p>Kijk je antwoorden na voor je inlevert.</p>",
        "right": "Juist", "wrong": "Onjuist", "full": "Volledig", "half": "Half", "missing": "Ontbreekt",
    },
)
# fmt: on

LANGUAGES = {"en": _EN, "nl": _NL}
