"""Plural forms beyond singular and plural, by CLDR category.

``one`` is for 1 (in French and Portuguese for 0 too), ``two`` for 2, ``few`` for 3 to 10. See
https://cldr.unicode.org/index/cldr-spec/plural-rules.
"""

from __future__ import annotations

from collections.abc import Mapping

PLURALS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "points": {"one": "%(points)s point"},
        "words_least": {"one": "Write at least %(least)s word."},
        "words_most": {"one": "Write at most %(most)s word."},
        "voice_seconds": {"one": "Record your answer (at most %(seconds)s second) and upload the recording."},
    },
    "nl": {
        "points": {"one": "%(points)s punt"},
        "words_least": {"one": "Schrijf ten minste %(least)s woord."},
        "words_most": {"one": "Schrijf ten hoogste %(most)s woord."},
        "voice_seconds": {"one": "Neem je antwoord op (ten hoogste %(seconds)s seconde) en lever de opname in."},
    },
    "de": {
        "points": {"one": "%(points)s Punkt"},
        "words_least": {"one": "Schreibe mindestens %(least)s Wort."},
        "words_most": {"one": "Schreibe höchstens %(most)s Wort."},
        "voice_seconds": {"one": "Nimm deine Antwort auf (höchstens %(seconds)s Sekunde) und lade die Aufnahme hoch."},
    },
    "fr": {
        "points": {"one": "%(points)s point"},
        "words_least": {"one": "Écrivez au moins %(least)s mot."},
        "words_most": {"one": "Écrivez au plus %(most)s mot."},
        "voice_seconds": {
            "one": "Enregistrez votre réponse (%(seconds)s seconde au plus) et déposez l’enregistrement."
        },
    },
    "es": {
        "points": {"one": "%(points)s punto"},
        "words_least": {"one": "Escribe al menos %(least)s palabra."},
        "words_most": {"one": "Escribe como máximo %(most)s palabra."},
        "voice_seconds": {"one": "Graba tu respuesta (%(seconds)s segundo como máximo) y sube la grabación."},
    },
    "pt": {
        "points": {"one": "%(points)s ponto"},
        "words_least": {"one": "Escreva pelo menos %(least)s palavra."},
        "words_most": {"one": "Escreva no máximo %(most)s palavra."},
        "voice_seconds": {"one": "Grave a sua resposta (no máximo %(seconds)s segundo) e envie a gravação."},
    },
    "it": {
        "points": {"one": "%(points)s punto"},
        "words_least": {"one": "Scrivi almeno %(least)s parola."},
        "words_most": {"one": "Scrivi al massimo %(most)s parola."},
        "voice_seconds": {
            "one": "Registra la tua risposta (al massimo %(seconds)s secondo) e carica la registrazione."
        },
    },
    "ar": {
        "points": {"one": "نقطة واحدة", "two": "نقطتان", "few": "%(points)s نقاط"},
        "words_between": {"few": "اكتب ما بين %(least)s و%(most)s كلمات."},
        "words_least": {
            "one": "اكتب كلمة واحدة على الأقل.",
            "two": "اكتب كلمتين على الأقل.",
            "few": "اكتب %(least)s كلمات على الأقل.",
        },
        "words_most": {
            "one": "اكتب كلمة واحدة على الأكثر.",
            "two": "اكتب كلمتين على الأكثر.",
            "few": "اكتب %(most)s كلمات على الأكثر.",
        },
        "voice_seconds": {
            "one": "سجّل إجابتك (ثانية واحدة على الأكثر) ثم ارفع التسجيل.",
            "two": "سجّل إجابتك (ثانيتان على الأكثر) ثم ارفع التسجيل.",
            "few": "سجّل إجابتك (%(seconds)s ثوانٍ على الأكثر) ثم ارفع التسجيل.",
        },
    },
}
"""By language, name of the sentence, and category. Chinese, Japanese and Hindi need none."""
