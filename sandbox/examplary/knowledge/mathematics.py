"""Mathematics."""

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
        Fact(1, "How many sides does a hexagon have?", "6", ("5", "7", "8", "10")),
        Fact(1, "What is 7 × 8?", "56", ("48", "54", "63", "64")),
        Fact(1, "What is one quarter of 100?", "25", ("4", "20", "40", "75")),
        Fact(2, "What is the sum of the angles of a triangle, in degrees?", "180", ("90", "270", "360", "540")),
        Fact(2, "What is the square root of 144?", "12", ("11", "14", "24", "72")),
        Fact(2, "What is the longest side of a right-angled triangle called?", "hypotenuse",
             ("median", "diameter", "altitude", "bisector")),
        Fact(3, "What is the derivative of x²?", "2x", ("x", "x²/2", "2", "x³/3")),
        Fact(3, "What is 5! (five factorial)?", "120", ("25", "60", "100", "720")),
        Fact(3, "What is the base-10 logarithm of 1000?", "3", ("2", "10", "30", "100")),
    ),
    several=(
        Several("Which of these numbers are even?", ("12", "38", "100"), ("7", "25", "91"), 1),
        Several("Which of these numbers are prime?", ("13", "29", "37"), ("21", "39", "51")),
    ),
    claims=(
        Claim(1, "A square is also a rectangle.", True),
        Claim(1, "One half is less than one third.", False),
        Claim(2, "The product of two negative numbers is positive.", True),
        Claim(2, "1 is a prime number.", False),
        Claim(3, "The square root of 2 is irrational.", True),
        Claim(3, "Every continuous function is differentiable.", False),
    ),
    gaps=(
        Gaps("Half of 50 is ___ and twice 50 is ___.", ("25", "100"), 1),
        Gaps("The line <inline-math>y = 3x + 5</inline-math> has slope ___ and crosses the y-axis at y equals ___.",
             ("3", "5")),
    ),
    pairs=(
        Pairs("Match each fraction with its percentage.", {
            "1/2": "50%", "1/4": "25%", "1/5": "20%", "1/10": "10%", "3/4": "75%"}, 1),
        Pairs("Match each solid with its number of faces.", {
            "tetrahedron": "4", "cube": "6", "octahedron": "8", "dodecahedron": "12", "icosahedron": "20"}),
    ),
    orders=(
        Order("Put the numbers in order.", "The smallest first.", ("0.05", "1/4", "0.4", "1/2", "75%")),
    ),
    events=(
        Event("Descartes publishes La Géométrie", 1637),
        Event("Hilbert presents his problems in Paris", 1900),
        Event("Proof of the four-colour theorem announced by Appel and Haken", 1976),
        Event("Publication of Wiles's proof of Fermat's last theorem", 1995),
    ),
    drawings=(
        Drawing("Which picture shows a circle?", "circle", ("square", "triangle"), 1),
        Drawing("Which picture shows a triangle?", "triangle", ("square", "circle"), 1),
        Drawing("Which graph belongs to a quadratic function?", "parabola", ("rising", "level")),
        Drawing("Which graph belongs to a line with slope 0?", "level", ("rising", "falling"), 3),
    ),
    opens=(
        Open(1, "Explain how you can find out whether 111 can be divided by 3 without dividing.",
             "Add the digits: 1 + 1 + 1 is 3, and 3 is divisible by 3, so 111 is too."),
        Open(2, "Explain why dividing by zero is not possible.",
             "If 6 : 0 had an answer, that answer times 0 would be 6, but every number times 0 is 0."),
        Open(3, "Prove that the sum of two odd numbers is even.",
             "<inline-math>(2m + 1) + (2n + 1) = 2(m + n + 1)</inline-math>, which is divisible by 2."),
    ),
    source=Source("Diagonals of polygons", ("number of sides", "number of diagonals"),
                  (("4", 2), ("5", 5), ("6", 9), ("7", 14), ("8", 20))),
)

NL = Bank(
    facts=(
        Fact(1, "Hoeveel zijden heeft een zeshoek?", "6", ("5", "7", "8", "10")),
        Fact(1, "Hoeveel is 7 × 8?", "56", ("48", "54", "63", "64")),
        Fact(1, "Hoeveel is een kwart van 100?", "25", ("4", "20", "40", "75")),
        Fact(2, "Hoeveel graden zijn de hoeken van een driehoek samen?", "180", ("90", "270", "360", "540")),
        Fact(2, "Wat is de wortel van 144?", "12", ("11", "14", "24", "72")),
        Fact(2, "Hoe heet de langste zijde van een rechthoekige driehoek?", "schuine zijde",
             ("zwaartelijn", "middellijn", "hoogtelijn", "bissectrice")),
        Fact(3, "Wat is de afgeleide van x²?", "2x", ("x", "x²/2", "2", "x³/3")),
        Fact(3, "Hoeveel is 5! (vijf faculteit)?", "120", ("25", "60", "100", "720")),
        Fact(3, "Wat is de logaritme van 1000 met grondtal 10?", "3", ("2", "10", "30", "100")),
    ),
    several=(
        Several("Welke van deze getallen zijn even?", ("12", "38", "100"), ("7", "25", "91"), 1),
        Several("Welke van deze getallen zijn priemgetallen?", ("13", "29", "37"), ("21", "39", "51")),
    ),
    claims=(
        Claim(1, "Een vierkant is ook een rechthoek.", True),
        Claim(1, "Een half is minder dan een derde.", False),
        Claim(2, "Het product van twee negatieve getallen is positief.", True),
        Claim(2, "1 is een priemgetal.", False),
        Claim(3, "De wortel van 2 is irrationaal.", True),
        Claim(3, "Elke continue functie is differentieerbaar.", False),
    ),
    gaps=(
        Gaps("De helft van 50 is ___ en het dubbele van 50 is ___.", ("25", "100"), 1),
        Gaps("De lijn <inline-math>y = 3x + 5</inline-math> heeft richtingscoëfficiënt ___ en snijdt de y-as bij y is "
             "___.", ("3", "5")),
    ),
    pairs=(
        Pairs("Verbind elke breuk met het percentage.", {
            "1/2": "50%", "1/4": "25%", "1/5": "20%", "1/10": "10%", "3/4": "75%"}, 1),
        Pairs("Verbind elk lichaam met het aantal vlakken.", {
            "viervlak": "4", "kubus": "6", "achtvlak": "8", "twaalfvlak": "12", "twintigvlak": "20"}),
    ),
    orders=(
        Order("Zet de getallen op volgorde.", "Het kleinste eerst.", ("0,05", "1/4", "0,4", "1/2", "75%")),
    ),
    events=(
        Event("Descartes publiceert La Géométrie", 1637),
        Event("Hilbert presenteert zijn problemen in Parijs", 1900),
        Event("Appel en Haken maken het bewijs van de vierkleurenstelling bekend", 1976),
        Event("Publicatie van Wiles' bewijs van de laatste stelling van Fermat", 1995),
    ),
    drawings=(
        Drawing("Welke afbeelding toont een cirkel?", "circle", ("square", "triangle"), 1),
        Drawing("Welke afbeelding toont een driehoek?", "triangle", ("square", "circle"), 1),
        Drawing("Welke grafiek hoort bij een kwadratische functie?", "parabola", ("rising", "level")),
        Drawing("Welke grafiek hoort bij een lijn met richtingscoëfficiënt 0?", "level", ("rising", "falling"), 3),
    ),
    opens=(
        Open(1, "Leg uit hoe je zonder te delen ontdekt of 111 deelbaar is door 3.",
             "Tel de cijfers op: 1 + 1 + 1 is 3, en 3 is deelbaar door 3, dus 111 ook."),
        Open(2, "Leg uit waarom delen door nul niet kan.",
             "Als 6 : 0 een uitkomst had, was die uitkomst keer 0 gelijk aan 6, maar elk getal keer 0 is 0."),
        Open(3, "Bewijs dat de som van twee oneven getallen even is.",
             "<inline-math>(2m + 1) + (2n + 1) = 2(m + n + 1)</inline-math>, en dat is deelbaar door 2."),
    ),
    source=Source("Diagonalen van veelhoeken", ("aantal zijden", "aantal diagonalen"),
                  (("4", 2), ("5", 5), ("6", 9), ("7", 14), ("8", 20))),
)
# fmt: on
