"""Sentences that students and markers read inside a package, in the language of the exam.

These cannot be translated where they are shown, for the LMS shows them: so they are here, and not in the catalogues.
Other languages get English.
"""

from __future__ import annotations

from collections.abc import Mapping

_PHRASES: dict[str, tuple[str, str, str, str, str, str]] = {
    "choose_and_write": (
        "Choose from these answers and write your choice down.",
        "Kies uit deze antwoorden en schrijf je keuze op.",
        "Wähle aus diesen Antworten und schreibe deine Wahl auf.",
        "Choisissez parmi ces réponses et écrivez votre choix.",
        "Elige entre estas respuestas y escribe tu elección.",
        "اختر من هذه الإجابات واكتب اختيارك.",
    ),
    "true_or_false": (
        "Is this true or false? Write down your answer.",
        "Is dit waar of onwaar? Schrijf je antwoord op.",
        "Ist das wahr oder falsch? Schreibe deine Antwort auf.",
        "Est-ce vrai ou faux ? Écrivez votre réponse.",
        "¿Es verdadero o falso? Escribe tu respuesta.",
        "هل هذا صواب أم خطأ؟ اكتب إجابتك.",
    ),
    "true_false_words": (
        "",
        "True = waar, False = onwaar.",
        "True = wahr, False = falsch.",
        "True = vrai, False = faux.",
        "True = verdadero, False = falso.",
        "True = صواب، False = خطأ.",
    ),
    "true": ("True", "Waar", "Wahr", "Vrai", "Verdadero", "صواب"),
    "false": ("False", "Onwaar", "Falsch", "Faux", "Falso", "خطأ"),
    "date": (
        "Write the date as YYYY-MM-DD.",
        "Schrijf de datum als JJJJ-MM-DD.",
        "Schreibe das Datum als JJJJ-MM-TT.",
        "Écrivez la date sous la forme AAAA-MM-JJ.",
        "Escribe la fecha como AAAA-MM-DD.",
        "اكتب التاريخ بالشكل YYYY-MM-DD.",
    ),
    "year": (
        "Write the year in digits.",
        "Schrijf het jaartal in cijfers.",
        "Schreibe die Jahreszahl in Ziffern.",
        "Écrivez l’année en chiffres.",
        "Escribe el año en cifras.",
        "اكتب السنة بالأرقام.",
    ),
    "words_between": (
        "Write between %(least)s and %(most)s words.",
        "Schrijf tussen %(least)s en %(most)s woorden.",
        "Schreibe zwischen %(least)s und %(most)s Wörter.",
        "Écrivez entre %(least)s et %(most)s mots.",
        "Escribe entre %(least)s y %(most)s palabras.",
        "اكتب ما بين %(least)s و%(most)s كلمة.",
    ),
    "words_least": (
        "Write at least %(least)s words.",
        "Schrijf ten minste %(least)s woorden.",
        "Schreibe mindestens %(least)s Wörter.",
        "Écrivez au moins %(least)s mots.",
        "Escribe al menos %(least)s palabras.",
        "اكتب %(least)s كلمة على الأقل.",
    ),
    "words_most": (
        "Write at most %(most)s words.",
        "Schrijf ten hoogste %(most)s woorden.",
        "Schreibe höchstens %(most)s Wörter.",
        "Écrivez au plus %(most)s mots.",
        "Escribe como máximo %(most)s palabras.",
        "اكتب %(most)s كلمة على الأكثر.",
    ),
    "order": (
        "Write these items down in the right order.",
        "Schrijf deze onderdelen in de juiste volgorde op.",
        "Schreibe diese Elemente in der richtigen Reihenfolge auf.",
        "Écrivez ces éléments dans le bon ordre.",
        "Escribe estos elementos en el orden correcto.",
        "اكتب هذه العناصر بالترتيب الصحيح.",
    ),
    "blanks": (
        "Write down what belongs in each blank, in order.",
        "Schrijf op wat er in elke open plek hoort, op volgorde.",
        "Schreibe der Reihe nach auf, was in jede Lücke gehört.",
        "Écrivez dans l’ordre ce qui va dans chaque espace.",
        "Escribe en orden lo que va en cada espacio.",
        "اكتب بالترتيب ما يناسب كل فراغ.",
    ),
    "blank": (
        "Write down what belongs in blank %(n)s.",
        "Schrijf op wat er in open plek %(n)s hoort.",
        "Schreibe auf, was in Lücke %(n)s gehört.",
        "Écrivez ce qui va dans l’espace %(n)s.",
        "Escribe lo que va en el espacio %(n)s.",
        "اكتب ما يناسب الفراغ %(n)s.",
    ),
    "match": (
        "Write down for each item on the first list what belongs to it on the second list.",
        "Schrijf bij elk onderdeel van de eerste lijst op wat er in de tweede lijst bij hoort.",
        "Schreibe zu jedem Element der ersten Liste auf, was in der zweiten Liste dazu passt.",
        "Écrivez pour chaque élément de la première liste ce qui lui correspond dans la seconde.",
        "Escribe para cada elemento de la primera lista lo que le corresponde en la segunda.",
        "اكتب لكل عنصر في القائمة الأولى ما يناسبه في القائمة الثانية.",
    ),
    "formula": (
        "Write down your formula.",
        "Schrijf je formule op.",
        "Schreibe deine Formel auf.",
        "Écrivez votre formule.",
        "Escribe tu fórmula.",
        "اكتب الصيغة الرياضية.",
    ),
    "steps": (
        "Write down your calculation step by step.",
        "Schrijf je berekening stap voor stap op.",
        "Schreibe deine Rechnung Schritt für Schritt auf.",
        "Écrivez votre calcul étape par étape.",
        "Escribe tu cálculo paso a paso.",
        "اكتب حلّك خطوة بخطوة.",
    ),
    "conversation": (
        "This was a conversation. Write down what you would say.",
        "Dit was een gesprek. Schrijf op wat je zou zeggen.",
        "Dies war ein Gespräch. Schreibe auf, was du sagen würdest.",
        "C’était une conversation. Écrivez ce que vous diriez.",
        "Esto era una conversación. Escribe lo que dirías.",
        "كان هذا السؤال محادثة. اكتب ما كنت ستقوله.",
    ),
    "voice": (
        "Record your answer and upload the recording.",
        "Neem je antwoord op en lever de opname in.",
        "Nimm deine Antwort auf und lade die Aufnahme hoch.",
        "Enregistrez votre réponse et déposez l’enregistrement.",
        "Graba tu respuesta y sube la grabación.",
        "سجّل إجابتك ثم ارفع التسجيل.",
    ),
    "voice_seconds": (
        "Record your answer (at most %(seconds)s seconds) and upload the recording.",
        "Neem je antwoord op (ten hoogste %(seconds)s seconden) en lever de opname in.",
        "Nimm deine Antwort auf (höchstens %(seconds)s Sekunden) und lade die Aufnahme hoch.",
        "Enregistrez votre réponse (%(seconds)s secondes au plus) et déposez l’enregistrement.",
        "Graba tu respuesta (%(seconds)s segundos como máximo) y sube la grabación.",
        "سجّل إجابتك (%(seconds)s ثانية على الأكثر) ثم ارفع التسجيل.",
    ),
    "hand_in": (
        "Hand in a file as your teacher asks you to, or write your answer here.",
        "Lever een bestand in zoals je docent vraagt, of schrijf je antwoord hier.",
        "Gib eine Datei so ab, wie deine Lehrkraft es verlangt, oder schreibe deine Antwort hier.",
        "Remettez un fichier comme votre enseignant le demande, ou écrivez votre réponse ici.",
        "Entrega un archivo como pida tu docente, o escribe tu respuesta aquí.",
        "سلّم ملفًا كما يطلب معلمك، أو اكتب إجابتك هنا.",
    ),
    "sentence": (
        "Divide this sentence into its parts and name each part.",
        "Verdeel deze zin in zinsdelen en benoem elk zinsdeel.",
        "Zerlege diesen Satz in seine Teile und benenne jeden Teil.",
        "Divisez cette phrase en groupes et nommez chacun d’eux.",
        "Divide esta oración en sus partes y nombra cada una.",
        "قسّم هذه الجملة إلى أجزائها وسمِّ كل جزء.",
    ),
    "name_parts": (
        "Choose the name of each part of this sentence.",
        "Kies de naam van elk zinsdeel van deze zin.",
        "Wähle den Namen jedes Satzteils dieses Satzes.",
        "Choisissez le nom de chaque partie de cette phrase.",
        "Elige el nombre de cada parte de esta oración.",
        "اختر اسم كل جزء من هذه الجملة.",
    ),
    "own_words": (
        "Write down your answer.",
        "Schrijf je antwoord op.",
        "Schreibe deine Antwort auf.",
        "Écrivez votre réponse.",
        "Escribe tu respuesta.",
        "اكتب إجابتك.",
    ),
    "picture": ("Picture %(n)s", "Afbeelding %(n)s", "Bild %(n)s", "Image %(n)s", "Imagen %(n)s", "صورة %(n)s"),
    "missing_picture": (
        "(picture missing)",
        "(afbeelding ontbreekt)",
        "(Bild fehlt)",
        "(image manquante)",
        "(falta la imagen)",
        "(الصورة مفقودة)",
    ),
    "belongs_to": (
        "Text for question %(n)s",
        "Tekst bij vraag %(n)s",
        "Text zu Frage %(n)s",
        "Texte de la question %(n)s",
        "Texto de la pregunta %(n)s",
        "نص السؤال %(n)s",
    ),
    "answer": ("Answer %(n)s", "Antwoord %(n)s", "Antwort %(n)s", "Réponse %(n)s", "Respuesta %(n)s", "الإجابة %(n)s"),
    "model_answer": (
        "Model answer",
        "Modelantwoord",
        "Musterantwort",
        "Réponse modèle",
        "Respuesta modelo",
        "الإجابة النموذجية",
    ),
    "right_answer": (
        "Right answer",
        "Juiste antwoord",
        "Richtige Antwort",
        "Bonne réponse",
        "Respuesta correcta",
        "الإجابة الصحيحة",
    ),
    "criterion": ("Criterion", "Criterium", "Kriterium", "Critère", "Criterio", "المعيار"),
    "setting": ("Setting", "Instelling", "Einstellung", "Consigne", "Indicación", "الإعداد"),
}

LANGUAGES = ("en", "nl", "de", "fr", "es", "ar")
"""In the order of the tuples above."""


def phrase(name: str, language: str | None, **facts: str | int) -> str:
    """Return the sentence ``name`` in ``language`` (BCP 47), or in English."""
    primary = (language or "en").split("-")[0].lower()
    place = LANGUAGES.index(primary) if primary in LANGUAGES else 0
    sentence = _PHRASES[name][place]
    return sentence % facts if facts else sentence


def phrases() -> Mapping[str, tuple[str, ...]]:
    """Return all sentences, for tests."""
    return _PHRASES
