"""Phrases of generated exams in English and Dutch, for all subjects. All texts are our own."""

from __future__ import annotations

from typing import TypedDict


class Phrases(TypedDict):
    """Phrases of one language; ``{…}`` are placeholders."""

    choose: str
    several: str
    short: str
    decimal: str
    chart: str
    year: str
    click: str
    match_more: str
    gaps: str
    solve: str
    solve_more: str
    notebook: str
    explain_more: str
    essay: str
    essay_more: str
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


# fmt: off
_EN: Phrases = {
    "choose": "<p>Choose <strong>one</strong> answer.</p>",
    "several": "<p>More than one answer is right.</p>",
    "short": "<p>Answer <em>briefly</em>: a word, a name or a number.</p>",
    "decimal": ".",
    "chart": "Bar chart of the figures in the table",
    "year": "In which year was this: {event}?",
    "click": "<p>Click on the right picture.</p>",
    "match_more": "<p>Everything is used once.</p>",
    "gaps": "Fill in the missing words.",
    "solve": "Solve for x.",
    "solve_more": "<p>Solve <inline-math>{a}x + {b} = {c}</inline-math>. Give the value of <em>x</em>.</p>",
    "notebook": "<p>Solve <inline-math>\\frac{{{a}x + {b}}}{{2}} = {half}</inline-math>, every step.</p>",
    "explain_more": "<p>Your answer has:</p>"
                    "<ul><li><p>your own words</p></li><li><p>a reason or an example</p></li></ul>",
    "essay": "Write an essay: “What would the world be without {subject}?”",
    "essay_more": "<p>Use two sources.</p><blockquote><p>“Never stop asking.”</p></blockquote>",
    "source_more": "Study the table and the chart. They belong to the questions that follow.",
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
}

_NL: Phrases = {
    "choose": "<p>Kies <strong>één</strong> antwoord.</p>",
    "several": "<p>Meer dan één antwoord is juist.</p>",
    "short": "<p>Antwoord <em>kort</em>: een woord, een naam of een getal.</p>",
    "decimal": ",",
    "chart": "Staafdiagram van de cijfers in de tabel",
    "year": "In welk jaar was dit: {event}?",
    "click": "<p>Klik op de juiste afbeelding.</p>",
    "match_more": "<p>Alles wordt één keer gebruikt.</p>",
    "gaps": "Vul de ontbrekende woorden in.",
    "solve": "Los x op.",
    "solve_more": "<p>Los <inline-math>{a}x + {b} = {c}</inline-math> op. Geef de waarde van <em>x</em>.</p>",
    "notebook": "<p>Los <inline-math>\\frac{{{a}x + {b}}}{{2}} = {half}</inline-math> stap voor stap op.</p>",
    "explain_more": "<p>In je antwoord staan:</p>"
                    "<ul><li><p>je eigen woorden</p></li><li><p>een reden of een voorbeeld</p></li></ul>",
    "essay": "Schrijf een betoog: “Hoe zou de wereld er zonder {subject} uitzien?”",
    "essay_more": "<p>Gebruik twee bronnen.</p><blockquote><p>“Blijf altijd vragen.”</p></blockquote>",
    "source_more": "Bestudeer de tabel en het diagram. Ze horen bij de vragen hierna.",
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
}
# fmt: on

LANGUAGES = {"en": _EN, "nl": _NL}
