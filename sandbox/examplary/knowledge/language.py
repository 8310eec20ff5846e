"""Language and literature."""

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
    Product,
    Several,
    Source,
)

# fmt: off
EN = Bank(
    facts=(
        Fact(1, "What do we call a word for a person, an animal or a thing?", "noun",
             ("verb", "adjective", "preposition", "adverb")),
        Fact(1, "What is the opposite of “ancient”?", "modern", ("old", "antique", "early", "classic")),
        Fact(1, "What is the past tense of the English verb “to go”?", "went", ("goed", "gone", "going", "goes")),
        Fact(2, "Which figure of speech is “the wind whispered”?", "personification",
             ("simile", "alliteration", "hyperbole", "irony")),
        Fact(2, "Who wrote Romeo and Juliet?", "William Shakespeare",
             ("Charles Dickens", "Jane Austen", "John Milton", "Oscar Wilde")),
        Fact(2, "What is the main character of a story called?", "protagonist",
             ("narrator", "antagonist", "author", "chorus")),
        Fact(3, "What is the repetition of a word at the start of successive clauses called?", "anaphora",
             ("chiasmus", "litotes", "ellipsis", "enjambment")),
        Fact(3, "What is the study of word formation called?", "morphology",
             ("phonology", "syntax", "pragmatics", "semantics")),
        Fact(3, "Who wrote the novel Ulysses?", "James Joyce",
             ("Virginia Woolf", "Samuel Beckett", "T.S. Eliot", "W.B. Yeats")),
    ),
    several=(
        Several("Which of these words are verbs?", ("to sing", "to think", "to arrive"),
                ("song", "thoughtful", "arrival"),
                1),
        Several("Which of these works did Shakespeare write?", ("Hamlet", "Macbeth", "King Lear"),
                ("Doctor Faustus", "Paradise Lost", "Pygmalion")),
    ),
    claims=(
        Claim(1, "A question ends with a question mark.", True),
        Claim(1, "“Quickly” is a noun.", False),
        Claim(2, "A sonnet has fourteen lines.", True),
        Claim(2, "A simile compares without a word such as “like” or “as”.", False),
        Claim(3, "An unreliable narrator is a narrator whom the reader cannot take at their word.", True),
        Claim(3, "An epistolary novel is a novel in verse.", False),
    ),
    gaps=(
        Gaps("The plural of “child” is ___ and the plural of “mouse” is ___.", ("children", "mice"), 1),
        Gaps("In “The dog chased the cat”, the subject is “the ___” and the object is “the ___”.", ("dog", "cat")),
    ),
    pairs=(
        Pairs("Match each writer with a work.", {
            "Jane Austen": "Pride and Prejudice", "George Orwell": "Animal Farm", "Homer": "Odyssey",
            "Dante": "Divine Comedy", "Mary Shelley": "Frankenstein"}),
    ),
    orders=(
        Order("Put the parts of a classic drama in order.", "The beginning first.",
              ("exposition", "rising action", "climax", "falling action", "resolution")),
    ),
    events=(
        Event("Cervantes publishes the first part of Don Quixote", 1605),
        Event("First edition of Frankenstein", 1818),
        Event("First edition of Nineteen Eighty-Four", 1949),
        Event("Toni Morrison receives the Nobel Prize in Literature", 1993, 3),
    ),
    drawings=(
        Drawing("Which drawing shows a colon?", "two-dots", ("dot", "three-dots")),
        Drawing("Which drawing shows an ellipsis?", "three-dots", ("dot", "two-dots")),
    ),
    opens=(
        Open(1, "Explain the difference between a fact and an opinion, with an example of each.",
             "A fact can be checked (“Oslo is in Norway”); an opinion is what somebody thinks (“Oslo is beautiful”)."),
        Open(2, "Explain what a metaphor does that a plain description does not.",
             "It calls something by the name of something else, so that the reader sees a likeness and feels with it."),
        Open(3, "Explain how the choice of narrator influences what the reader knows.",
             "A first-person narrator shows only their own view, an omniscient one the thoughts of all; what is "
             "left out creates suspense or irony."),
    ),
    source=Source("Fixed forms of poetry", ("form", "lines"),
                  (("haiku", 3), ("limerick", 5), ("sonnet", 14), ("villanelle", 19))),
    product=Product("Calculate the number of lines.",
                    "<p>A poem has {a} stanzas of {b} lines. How many lines is that? Use "
                    r"<inline-math>n = {a} \cdot {b}</inline-math>.</p>", "lines"),
)

NL = Bank(
    facts=(
        Fact(1, "Hoe heet een woord voor een mens, dier of ding?", "zelfstandig naamwoord",
             ("werkwoord", "bijvoeglijk naamwoord", "voorzetsel", "bijwoord")),
        Fact(1, "Wat is het tegenovergestelde van “ouderwets”?", "modern", ("oud", "antiek", "vroeg", "klassiek")),
        Fact(1, "Wat is het voltooid deelwoord van “lopen”?", "gelopen", ("geloopt", "liep", "loopt", "lopend")),
        Fact(2, "Welke stijlfiguur is “de wind fluistert”?", "personificatie",
             ("vergelijking", "alliteratie", "hyperbool", "ironie")),
        Fact(2, "Wie schreef Max Havelaar?", "Multatuli",
             ("Harry Mulisch", "Louis Couperus", "Hella Haasse", "Vondel")),
        Fact(2, "Hoe heet de hoofdpersoon van een verhaal ook wel?", "protagonist",
             ("verteller", "antagonist", "auteur", "koor")),
        Fact(3, "Hoe heet de herhaling van een woord aan het begin van opeenvolgende zinnen?", "anafoor",
             ("chiasme", "litotes", "ellips", "enjambement")),
        Fact(3, "Hoe heet de leer van de woordvorming?", "morfologie",
             ("fonologie", "syntaxis", "pragmatiek", "semantiek")),
        Fact(3, "Wie schreef De ontdekking van de hemel?", "Harry Mulisch",
             ("Gerard Reve", "Cees Nooteboom", "Arnon Grunberg", "Hugo Claus")),
    ),
    several=(
        Several("Welke van deze woorden zijn werkwoorden?", ("zingen", "denken", "aankomen"),
                ("lied", "nadenkend", "aankomst"), 1),
        Several("Welke van deze werken schreef Shakespeare?", ("Hamlet", "Macbeth", "King Lear"),
                ("Gijsbrecht van Aemstel", "Paradise Lost", "Lucifer")),
    ),
    claims=(
        Claim(1, "Een vraagzin eindigt met een vraagteken.", True),
        Claim(1, "“Snel” is een lidwoord.", False),
        Claim(2, "Een sonnet heeft veertien regels.", True),
        Claim(2, "In een vergelijking staat nooit het woord “als”.", False),
        Claim(3, "Een onbetrouwbare verteller is een verteller die de lezer niet op zijn woord kan geloven.", True),
        Claim(3, "Een briefroman is een roman in verzen.", False),
    ),
    gaps=(
        Gaps("Het meervoud van “kind” is ___ en het meervoud van “stad” is ___.", ("kinderen", "steden"), 1),
        Gaps("In “De hond achtervolgt de kat” is “de ___” het onderwerp en “de ___” het lijdend voorwerp.",
             ("hond", "kat")),
    ),
    pairs=(
        Pairs("Verbind elke schrijver met een werk.", {
            "Anne Frank": "Het Achterhuis", "Vondel": "Lucifer", "Homerus": "Odyssee",
            "Dante": "De goddelijke komedie", "Louis Couperus": "Eline Vere"}),
    ),
    orders=(
        Order("Zet de delen van een klassiek drama op volgorde.", "Het begin eerst.",
              ("expositie", "intrige", "climax", "peripetie", "catastrofe")),
    ),
    events=(
        Event("Eerste druk van Max Havelaar", 1860),
        Event("Eerste uitgave van Het Achterhuis", 1947),
        Event("Eerste druk van de Statenvertaling", 1637),
        Event("Eerste druk van De ontdekking van de hemel", 1992, 3),
    ),
    drawings=(
        Drawing("Welke tekening toont een dubbelepunt?", "two-dots", ("dot", "three-dots")),
        Drawing("Welke tekening toont een beletselteken?", "three-dots", ("dot", "two-dots")),
    ),
    opens=(
        Open(1, "Leg het verschil tussen een feit en een mening uit en geef van beide een voorbeeld.",
             "Een feit kun je controleren (“Oslo ligt in Noorwegen”); een mening is wat iemand vindt (“Oslo is "
             "mooi”)."),
        Open(2, "Leg uit wat een metafoor doet wat een gewone beschrijving niet doet.",
             "Iets krijgt de naam van iets anders, zodat de lezer een overeenkomst ziet en erin meevoelt."),
        Open(3, "Leg uit hoe de keuze van de verteller bepaalt wat de lezer weet.",
             "Een ik-verteller toont alleen de eigen blik, een alwetende verteller de gedachten van allen; wat "
             "wegblijft geeft spanning of ironie."),
    ),
    source=Source("Vaste dichtvormen", ("vorm", "regels"),
                  (("haiku", 3), ("limerick", 5), ("sonnet", 14), ("villanelle", 19))),
    product=Product("Bereken het aantal regels.",
                    "<p>Een gedicht heeft {a} strofen van {b} regels. Hoeveel regels zijn dat? Gebruik "
                    r"<inline-math>n = {a} \cdot {b}</inline-math>.</p>", "regels"),
)
# fmt: on
