"""Computer science."""

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
        Fact(1, "With which device do you type text into a computer?", "keyboard",
             ("screen", "printer", "loudspeaker", "scanner")),
        Fact(1, "Which two digits does a computer use to store everything?", "0 and 1",
             ("1 and 2", "0 and 9", "1 and 10", "2 and 8")),
        Fact(1, "What is a step-by-step recipe for a computer called?", "algorithm",
             ("password", "browser", "folder", "cable")),
        Fact(2, "How many bits are there in a byte?", "8", ("2", "4", "10", "16")),
        Fact(2, "Which number is binary 1010 in decimal?", "10", ("5", "8", "12", "20")),
        Fact(2, "In which language is the structure of web pages written?", "HTML", ("SQL", "CSS", "Python", "Pascal")),
        Fact(3, "Which data structure gives back first what was added last?", "stack",
             ("queue", "array", "tree", "hash table")),
        Fact(3, "In which language does one query a relational database?", "SQL", ("HTML", "XML", "CSS", "LaTeX")),
        Fact(3, "What is a function called that calls itself?", "recursive function",
             ("anonymous function", "pure function", "constructor", "iterator")),
    ),
    several=(
        Several("Which of these are input devices?", ("keyboard", "mouse", "microphone"),
                ("loudspeaker", "printer", "projector"), 1),
        Several("Which of these are programming languages?", ("Python", "Java", "Rust"), ("JPEG", "HTTP", "Linux")),
    ),
    claims=(
        Claim(1, "A long password is harder to guess than a short one.", True),
        Claim(1, "A computer program never contains mistakes.", False),
        Claim(2, "A kilobyte is more than a byte.", True),
        Claim(2, "The World Wide Web is older than the internet.", False),
        Claim(3, "Binary search needs a sorted list.", True),
        Claim(3, "With public-key encryption the private key is published.", False),
    ),
    gaps=(
        Gaps("The smallest unit of data is a ___; eight of them are a ___.", ("bit", "byte"), 1),
        Gaps("<em>True and false</em> is ___, <em>true or false</em> is ___.", ("false", "true")),
    ),
    pairs=(
        Pairs("Match each abbreviation with what it is for.", {
            "HTML": "web pages", "SQL": "databases", "JPEG": "photos", "SMTP": "e-mail", "DNS": "names of hosts"}),
    ),
    orders=(
        Order("Put the amounts of data in order.", "The smallest first.",
              ("bit", "byte", "kilobyte", "megabyte", "gigabyte")),
    ),
    events=(
        Event("Turing publishes On Computable Numbers", 1936),
        Event("The first message over ARPANET", 1969),
        Event("IBM introduces its Personal Computer", 1981),
        Event("Linus Torvalds releases the first Linux kernel", 1991),
    ),
    drawings=(
        Drawing("Which shape is a decision in a flow chart?", "diamond", ("rectangle", "ellipse")),
        Drawing("Which shape is a process step in a flow chart?", "rectangle", ("diamond", "ellipse")),
    ),
    opens=(
        Open(1, "Explain why you should use a different password for every site.",
             "If one site leaks your password, nobody can enter the others with it."),
        Open(2, "Explain why a loop is useful in a program.",
             "It repeats steps without writing them again, also when the number of repetitions is not known "
             "beforehand."),
        Open(3, "Explain why binary search is faster than linear search in a long sorted list.",
             "Each step halves what is left, so the number of steps grows with the logarithm of the length: "
             "<inline-math>O(\\log n)</inline-math> instead of <inline-math>O(n)</inline-math>."),
    ),
    source=Source("How many values fit in some bits", ("bits", "values"),
                  (("1", 2), ("2", 4), ("4", 16), ("6", 64), ("8", 256))),
    product=Product("Calculate the amount of data.",
                    "<p>A sensor sends {a} bytes per second for {b} seconds. How many bytes is that? Use "
                    r"<inline-math>d = {a} \cdot {b}</inline-math>.</p>", "bytes"),
)

NL = Bank(
    facts=(
        Fact(1, "Met welk apparaat typ je tekst in een computer?", "toetsenbord",
             ("scherm", "printer", "luidspreker", "scanner")),
        Fact(1, "Met welke twee cijfers slaat een computer alles op?", "0 en 1",
             ("1 en 2", "0 en 9", "1 en 10", "2 en 8")),
        Fact(1, "Hoe heet een stappenplan voor een computer?", "algoritme",
             ("wachtwoord", "browser", "map", "kabel")),
        Fact(2, "Hoeveel bits heeft een byte?", "8", ("2", "4", "10", "16")),
        Fact(2, "Welk getal is binair 1010 in het tientallig stelsel?", "10", ("5", "8", "12", "20")),
        Fact(2, "In welke taal staat de structuur van webpagina's?", "HTML", ("SQL", "CSS", "Python", "Pascal")),
        Fact(3, "Welke datastructuur geeft het laatst toegevoegde als eerste terug?", "stack",
             ("queue", "array", "boom", "hashtabel")),
        Fact(3, "In welke taal bevraag je een relationele database?", "SQL", ("HTML", "XML", "CSS", "LaTeX")),
        Fact(3, "Hoe heet een functie die zichzelf aanroept?", "recursieve functie",
             ("anonieme functie", "zuivere functie", "constructor", "iterator")),
    ),
    several=(
        Several("Welke van deze apparaten zijn invoerapparaten?", ("toetsenbord", "muis", "microfoon"),
                ("luidspreker", "printer", "beamer"), 1),
        Several("Welke van deze zijn programmeertalen?", ("Python", "Java", "Rust"), ("JPEG", "HTTP", "Linux")),
    ),
    claims=(
        Claim(1, "Een lang wachtwoord is moeilijker te raden dan een kort.", True),
        Claim(1, "In een computerprogramma zitten nooit fouten.", False),
        Claim(2, "Een kilobyte is meer dan een byte.", True),
        Claim(2, "Het wereldwijde web is ouder dan het internet.", False),
        Claim(3, "Voor binair zoeken moet een lijst gesorteerd zijn.", True),
        Claim(3, "Bij asymmetrische versleuteling wordt de privésleutel openbaar gemaakt.", False),
    ),
    gaps=(
        Gaps("De kleinste eenheid van data is een ___; acht daarvan zijn een ___.", ("bit", "byte"), 1),
        Gaps("<em>Waar en onwaar</em> is ___, <em>waar of onwaar</em> is ___.", ("onwaar", "waar")),
    ),
    pairs=(
        Pairs("Verbind elke afkorting met waar ze voor dient.", {
            "HTML": "webpagina's", "SQL": "databases", "JPEG": "foto's", "SMTP": "e-mail", "DNS": "namen van hosts"}),
    ),
    orders=(
        Order("Zet de hoeveelheden data op volgorde.", "De kleinste eerst.",
              ("bit", "byte", "kilobyte", "megabyte", "gigabyte")),
    ),
    events=(
        Event("Turing publiceert On Computable Numbers", 1936),
        Event("Het eerste bericht over ARPANET", 1969),
        Event("IBM introduceert de Personal Computer", 1981),
        Event("Linus Torvalds brengt de eerste Linux-kernel uit", 1991),
    ),
    drawings=(
        Drawing("Welke vorm is een beslissing in een stroomdiagram?", "diamond", ("rectangle", "ellipse")),
        Drawing("Welke vorm is een processtap in een stroomdiagram?", "rectangle", ("diamond", "ellipse")),
    ),
    opens=(
        Open(1, "Leg uit waarom je voor elke site een ander wachtwoord moet gebruiken.",
             "Als één site je wachtwoord lekt, komt niemand er de andere mee binnen."),
        Open(2, "Leg uit waarom een lus handig is in een programma.",
             "Een lus herhaalt stappen zonder ze opnieuw te schrijven, ook als het aantal keren vooraf onbekend is."),
        Open(3, "Leg uit waarom binair zoeken sneller is dan lineair zoeken in een lange gesorteerde lijst.",
             "Elke stap halveert wat over is, dus het aantal stappen groeit met de logaritme van de lengte: "
             "<inline-math>O(\\log n)</inline-math> in plaats van <inline-math>O(n)</inline-math>."),
    ),
    source=Source("Hoeveel waarden in een aantal bits passen", ("bits", "waarden"),
                  (("1", 2), ("2", 4), ("4", 16), ("6", 64), ("8", 256))),
    product=Product("Bereken de hoeveelheid data.",
                    "<p>Een sensor verstuurt {b} seconden lang {a} bytes per seconde. Hoeveel bytes zijn dat? Gebruik "
                    r"<inline-math>d = {a} \cdot {b}</inline-math>.</p>", "bytes"),
)
# fmt: on
