"""Any other subject: finding out about it and thinking about it, which is the same for all."""

from __future__ import annotations

from sandbox.examplary.knowledge.bank import (
    Bank,
    Claim,
    Drawing,
    Event,
    Fact,
    Gaps,
    Open,
    Order,
    Pairs,
    Several,
    Source,
)

# fmt: off
EN = Bank(
    facts=(
        Fact(1, "You look up a word about {subject} that you do not know. In which book do you find its meaning?",
             "dictionary", ("atlas", "diary", "novel", "calendar")),
        Fact(1, "What do we call the list at the front of a book about {subject} that names its chapters?",
             "table of contents", ("index", "cover", "footnote", "blurb")),
        Fact(1, "In an interview about {subject}: what do we call the person who asks the questions?", "interviewer",
             ("witness", "reader", "listener", "guest")),
        Fact(2, "A survey about {subject} asks 50 people out of 2000. What is the group of 50 called?", "sample",
             ("population", "average", "variable", "source")),
        Fact(2, "What do we call the statement about {subject} that an experiment puts to the test?", "hypothesis",
             ("conclusion", "summary", "quotation", "definition")),
        Fact(2, "Half of the students read less than 3 books about {subject}, half more. What is the 3 called?",
             "median",
             ("mean", "mode", "range", "total")),
        Fact(3, "What is it called when other experts judge an article about {subject} before it is published?",
             "peer review", ("proofreading", "plagiarism", "advertising", "translation")),
        Fact(3, "What do we call a tendency to notice only what confirms what one believes about {subject}?",
             "confirmation bias", ("placebo effect", "random error", "correlation", "consensus")),
        Fact(3, "What is it called to present another's text about {subject} as one's own?", "plagiarism",
             ("paraphrase", "quotation", "citation", "synthesis")),
    ),
    several=(
        Several("What belongs in a reference to an article about {subject}?",
                ("the author", "the year", "the title"), ("your opinion", "your own name", "the number of words")),
        Several("Which of these are measured in numbers when you study {subject}?",
                ("an age", "a price", "a length of time"), ("a colour", "a name", "an opinion in words")),
    ),
    claims=(
        Claim(1, "A sentence about {subject} that can be checked is a statement of fact, true or not.", True),
        Claim(1, "Everything that the internet says about {subject} is true.", False),
        Claim(2, "A website about {subject} that names its sources is easier to check.", True),
        Claim(2, "The opinion of one person about {subject} represents that of everybody.", False),
        Claim(3, "Two things in {subject} can go together without one causing the other.", True),
        Claim(3, "A larger sample always makes a survey about {subject} representative.", False),
    ),
    gaps=(
        Gaps("A report begins with an ___ and ends with a ___.", ("introduction", "conclusion")),
        Gaps("What happens first is the ___; what follows from it is the ___.", ("cause", "effect"), 1),
    ),
    pairs=(
        Pairs("You study {subject}. Match each method with what you do.", {
            "interview": "ask one person questions", "survey": "ask many people the same",
            "experiment": "change one thing",
            "observation": "watch without acting", "literature study": "read what others found"}),
    ),
    orders=(
        Order("Put the steps of a study of {subject} in order.", "The first step first.",
              ("ask a question", "make a plan", "gather data", "draw a conclusion", "write a report")),
    ),
    events=(
        Event("Foundation of UNESCO, which supports education about {subject} and everything else", 1945),
        Event("Start of Wikipedia, where you can read about {subject}", 2001),
        Event("Adoption of the Universal Declaration of Human Rights, with the right to learn about {subject}", 1948),
    ),
    drawings=(
        Drawing("You present figures about {subject}. Which picture is a bar chart?", "bars", ("rising", "scatter"), 1),
        Drawing("You present figures about {subject}. Which picture is a scatter plot?", "scatter", ("rising", "bars")),
    ),
    opens=(
        Open(1, "Explain to somebody younger what {subject} is about.",
             "A good answer names two things that belong to the subject and gives an example of each."),
        Open(2, "Explain why {subject} matters to the people in your town.",
             "A good answer links a <strong>cause</strong> to an effect with an example."),
        Open(3, "Explain how you would find out whether a claim about {subject} is reliable.",
             "Look for the original source, its author, date and purpose, and compare it with independent sources."),
    ),
    source=Source("{subject}: answers of 100 students (invented figures)", ("answer", "students"),
                  (("very interesting", 38), ("interesting", 41), ("a little interesting", 15), ("no opinion", 6))),
)

NL = Bank(
    facts=(
        Fact(1, "Je zoekt een woord over {subject} op dat je niet kent. In welk boek vind je de betekenis?",
             "woordenboek", ("atlas", "dagboek", "roman", "agenda")),
        Fact(1, "Hoe heet de lijst voor in een boek over {subject} met alle hoofdstukken?", "inhoudsopgave",
             ("register", "omslag", "voetnoot", "flaptekst")),
        Fact(1, "Een interview over {subject}: hoe heet degene die de vragen stelt?", "interviewer",
             ("getuige", "lezer", "luisteraar", "gast")),
        Fact(2, "Een enquête over {subject} ondervraagt 50 van de 2000 mensen. Hoe heet de groep van 50?", "steekproef",
             ("populatie", "gemiddelde", "variabele", "bron")),
        Fact(2, "Hoe heet de uitspraak over {subject} die je met een experiment toetst?", "hypothese",
             ("conclusie", "samenvatting", "citaat", "definitie")),
        Fact(2, "De helft van de leerlingen las minder dan 3 boeken over {subject}, de helft meer. Hoe heet de 3?",
             "mediaan", ("gemiddelde", "modus", "spreiding", "totaal")),
        Fact(3, "Hoe heet het als andere deskundigen een artikel over {subject} vóór publicatie beoordelen?",
             "peerreview", ("correctie", "plagiaat", "reclame", "vertaling")),
        Fact(3, "Hoe heet de neiging om alleen te zien wat bevestigt wat je over {subject} denkt?",
             "bevestigingsvooroordeel", ("placebo-effect", "toevallige fout", "correlatie", "consensus")),
        Fact(3, "Hoe heet het als je de tekst van een ander over {subject} als eigen werk inlevert?", "plagiaat",
             ("parafrase", "citaat", "bronvermelding", "synthese")),
    ),
    several=(
        Several("Wat hoort in een verwijzing naar een artikel over {subject}?",
                ("de auteur", "het jaar", "de titel"), ("je mening", "je eigen naam", "het aantal woorden")),
        Several("Wat meet je in getallen als je {subject} onderzoekt?",
                ("een leeftijd", "een prijs", "een tijdsduur"), ("een kleur", "een naam", "een mening in woorden")),
    ),
    claims=(
        Claim(1, "Een zin over {subject} die je kunt controleren, is een feitelijke bewering, waar of niet.", True),
        Claim(1, "Alles wat op internet over {subject} staat, is waar.", False),
        Claim(2, "Een website over {subject} die haar bronnen noemt, is beter te controleren.", True),
        Claim(2, "De mening van één persoon over {subject} is die van iedereen.", False),
        Claim(3, "Bij {subject} kunnen twee dingen samengaan zonder dat het ene het andere veroorzaakt.", True),
        Claim(3, "Een grotere steekproef maakt een enquête over {subject} altijd representatief.", False),
    ),
    gaps=(
        Gaps("Een verslag begint met een ___ en eindigt met een ___.", ("inleiding", "conclusie")),
        Gaps("Wat eerst gebeurt, is de ___; wat eruit volgt, is het ___.", ("oorzaak", "gevolg"), 1),
    ),
    pairs=(
        Pairs("Je onderzoekt {subject}. Verbind elke methode met wat je doet.", {
            "interview": "één persoon vragen stellen", "enquête": "velen hetzelfde vragen",
            "experiment": "één ding veranderen", "observatie": "kijken zonder in te grijpen",
            "literatuuronderzoek": "lezen wat anderen vonden"}),
    ),
    orders=(
        Order("Zet de stappen van een onderzoek naar {subject} op volgorde.", "De eerste stap eerst.",
              ("een vraag stellen", "een plan maken", "gegevens verzamelen", "een conclusie trekken",
               "een verslag schrijven")),
    ),
    events=(
        Event("Oprichting van UNESCO, dat onderwijs over {subject} en al het andere steunt", 1945),
        Event("Begin van Wikipedia, waar je over {subject} kunt lezen", 2001),
        Event("Universele Verklaring van de Rechten van de Mens, met het recht om over {subject} te leren", 1948),
    ),
    drawings=(
        Drawing("Je presenteert cijfers over {subject}. Welke afbeelding is een staafdiagram?", "bars",
                ("rising", "scatter"), 1),
        Drawing("Je presenteert cijfers over {subject}. Welke afbeelding is een spreidingsdiagram?", "scatter",
                ("rising", "bars")),
    ),
    opens=(
        Open(1, "Leg aan iemand die jonger is uit waar {subject} over gaat.",
             "Een goed antwoord noemt twee dingen die bij het vak horen, met van elk een voorbeeld."),
        Open(2, "Leg uit waarom {subject} belangrijk is voor de mensen in jouw gemeente.",
             "Een goed antwoord verbindt een <strong>oorzaak</strong> aan een gevolg met een voorbeeld."),
        Open(3, "Leg uit hoe je nagaat of een bewering over {subject} betrouwbaar is.",
             "Zoek de oorspronkelijke bron, de auteur, datum en bedoeling, en vergelijk met onafhankelijke bronnen."),
    ),
    source=Source("{subject}: antwoorden van 100 leerlingen (verzonnen cijfers)", ("antwoord", "leerlingen"),
                  (("heel boeiend", 38), ("boeiend", 41), ("een beetje boeiend", 15), ("geen mening", 6))),
)
# fmt: on
