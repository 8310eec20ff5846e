"""Geography."""

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
        Fact(1, "What is the capital of France?", "Paris", ("Lyon", "Brussels", "Madrid", "Rome")),
        Fact(1, "What is the largest ocean?", "Pacific Ocean",
             ("Atlantic Ocean", "Indian Ocean", "Arctic Ocean", "Southern Ocean")),
        Fact(1, "On which continent is Egypt for the most part?", "Africa",
             ("Asia", "Europe", "South America", "Oceania")),
        Fact(2, "What is the capital of Australia?", "Canberra", ("Sydney", "Melbourne", "Perth", "Brisbane")),
        Fact(2, "Through which city does the Thames flow?", "London", ("Dublin", "Paris", "Berlin", "Lisbon")),
        Fact(2, "What is the line at 0° latitude called?", "equator",
             ("prime meridian", "Tropic of Cancer", "polar circle", "date line")),
        Fact(3, "What is the layer of the Earth between the crust and the core called?", "mantle",
             ("stratosphere", "delta", "magma chamber", "continental shelf")),
        Fact(3, "What is the growth of the share of people who live in cities called?", "urbanisation",
             ("erosion", "migration", "desertification", "globalisation")),
        Fact(3, "Which instrument records earthquakes?", "seismograph",
             ("barometer", "hygrometer", "anemometer", "theodolite")),
    ),
    several=(
        Several("Which of these countries are in Europe?", ("Norway", "Portugal", "Hungary"),
                ("Brazil", "Kenya", "Vietnam"), 1),
        Several("Which of these are renewable sources of energy?", ("wind", "sunlight", "tides"),
                ("coal", "natural gas", "oil")),
    ),
    claims=(
        Claim(1, "The Sun rises in the east.", True),
        Claim(1, "The North Pole lies on a continent.", False),
        Claim(2, "A map of 1 : 25 000 shows more detail than one of 1 : 250 000.", True),
        Claim(2, "The seasons arise because the distance to the Sun changes.", False),
        Claim(3, "At a divergent boundary tectonic plates move apart.", True),
        Claim(3, "A rain shadow lies on the windward side of a mountain range.", False),
    ),
    gaps=(
        Gaps("The capital of Spain is ___ and the capital of Italy is ___.", ("Madrid", "Rome"), 1),
        Gaps("The capital of Poland is ___ and the capital of Austria is ___.", ("Warsaw", "Vienna")),
    ),
    pairs=(
        Pairs("Match each country with its capital.", {
            "Greece": "Athens", "Finland": "Helsinki", "Japan": "Tokyo", "Canada": "Ottawa", "Kenya": "Nairobi"}),
        Pairs("Match each river with the sea into which it flows.", {
            "Rhine": "North Sea", "Volga": "Caspian Sea", "Danube": "Black Sea", "Nile": "Mediterranean Sea",
            "Amazon": "Atlantic Ocean"}, 3),
    ),
    orders=(
        Order("Put these in order of area.", "The smallest first.",
              ("Vatican City", "Luxembourg", "Belgium", "France", "Russia")),
    ),
    events=(
        Event("Opening of the Suez Canal", 1869),
        Event("Opening of the Panama Canal", 1914),
        Event("First ascent of Mount Everest", 1953),
        Event("Eruption of Krakatoa", 1883, 3),
    ),
    drawings=(
        Drawing("Which outline has a population pyramid of a country with very many children?", "triangle",
                ("square", "wedge")),
        Drawing("Which outline has a population pyramid of a country with few children and many old people?", "wedge",
                ("square", "triangle")),
    ),
    opens=(
        Open(1, "Explain why many big cities lie on a river or on the sea.",
             "Water made trade and transport by ship easy, and gave drinking water, food and protection."),
        Open(2, "Explain why people go on living near volcanoes.",
             "The soil is fertile, there is warmth and there are minerals and tourists; many cannot afford to leave."),
        Open(3, "Explain why the climate of Western Europe is milder than that of places in Canada as far north.",
             "The North Atlantic Current and westerly winds from the ocean bring warmth in winter."),
    ),
    source=Source("The length of rivers (about)", ("river", "km"),
                  (("Thames", 346), ("Rhine", 1230), ("Danube", 2850), ("Volga", 3530))),
    product=Product("Calculate the distance.",
                    "<p>On a map 1 cm stands for {b} km. Two towns are {a} cm apart on it. What is the distance? Use "
                    r"<inline-math>d = {a} \cdot {b}</inline-math>.</p>", "km"),
)

NL = Bank(
    facts=(
        Fact(1, "Wat is de hoofdstad van Frankrijk?", "Parijs", ("Lyon", "Brussel", "Madrid", "Rome")),
        Fact(1, "Wat is de grootste oceaan?", "Grote Oceaan",
             ("Atlantische Oceaan", "Indische Oceaan", "Noordelijke IJszee", "Zuidelijke Oceaan")),
        Fact(1, "In welk werelddeel ligt Egypte voor het grootste deel?", "Afrika",
             ("Azië", "Europa", "Zuid-Amerika", "Oceanië")),
        Fact(2, "Wat is de hoofdstad van Australië?", "Canberra", ("Sydney", "Melbourne", "Perth", "Brisbane")),
        Fact(2, "Door welke stad stroomt de Theems?", "Londen", ("Dublin", "Parijs", "Berlijn", "Lissabon")),
        Fact(2, "Hoe heet de lijn op 0° breedte?", "evenaar",
             ("nulmeridiaan", "Kreeftskeerkring", "poolcirkel", "datumgrens")),
        Fact(3, "Hoe heet de laag van de aarde tussen de korst en de kern?", "mantel",
             ("stratosfeer", "delta", "magmakamer", "sediment")),
        Fact(3, "Hoe heet de groei van het deel van de bevolking dat in steden woont?", "verstedelijking",
             ("erosie", "migratie", "verwoestijning", "globalisering")),
        Fact(3, "Welk instrument registreert aardbevingen?", "seismograaf",
             ("barometer", "hygrometer", "windmeter", "theodoliet")),
    ),
    several=(
        Several("Welke van deze landen liggen in Europa?", ("Noorwegen", "Portugal", "Hongarije"),
                ("Brazilië", "Kenia", "Vietnam"), 1),
        Several("Welke van deze energiebronnen zijn duurzaam?", ("wind", "zonlicht", "getijden"),
                ("steenkool", "aardgas", "aardolie")),
    ),
    claims=(
        Claim(1, "De zon komt op in het oosten.", True),
        Claim(1, "De Noordpool ligt op een continent.", False),
        Claim(2, "Een kaart van 1 : 25 000 toont meer details dan een van 1 : 250 000.", True),
        Claim(2, "De seizoenen ontstaan doordat de afstand tot de zon verandert.", False),
        Claim(3, "Bij een divergente plaatgrens bewegen de platen uit elkaar.", True),
        Claim(3, "De regenschaduw ligt aan de loefzijde van een gebergte.", False),
    ),
    gaps=(
        Gaps("De hoofdstad van Spanje is ___ en de hoofdstad van Italië is ___.", ("Madrid", "Rome"), 1),
        Gaps("De hoofdstad van Polen is ___ en de hoofdstad van Oostenrijk is ___.", ("Warschau", "Wenen")),
    ),
    pairs=(
        Pairs("Verbind elk land met zijn hoofdstad.", {
            "Griekenland": "Athene", "Finland": "Helsinki", "Japan": "Tokio", "Canada": "Ottawa", "Kenia": "Nairobi"}),
        Pairs("Verbind elke rivier met de zee waarin ze uitmondt.", {
            "Rijn": "Noordzee", "Wolga": "Kaspische Zee", "Donau": "Zwarte Zee", "Nijl": "Middellandse Zee",
            "Amazone": "Atlantische Oceaan"}, 3),
    ),
    orders=(
        Order("Zet op volgorde van oppervlakte.", "De kleinste eerst.",
              ("Vaticaanstad", "Luxemburg", "België", "Frankrijk", "Rusland")),
    ),
    events=(
        Event("Opening van het Suezkanaal", 1869),
        Event("Opening van het Panamakanaal", 1914),
        Event("Eerste beklimming van de Mount Everest", 1953),
        Event("Watersnoodramp in Zeeland", 1953, 1),
        Event("Uitbarsting van de Krakatau", 1883, 3),
    ),
    drawings=(
        Drawing("Welke omtrek heeft de bevolkingspiramide van een land met heel veel kinderen?", "triangle",
                ("square", "wedge")),
        Drawing("Welke omtrek heeft de bevolkingspiramide van een land met weinig kinderen en veel ouderen?", "wedge",
                ("square", "triangle")),
    ),
    opens=(
        Open(1, "Leg uit waarom veel grote steden aan een rivier of aan zee liggen.",
             "Over water waren handel en vervoer makkelijk; water gaf ook drinkwater, voedsel en bescherming."),
        Open(2, "Leg uit waarom mensen bij vulkanen blijven wonen.",
             "De grond is er vruchtbaar, er zijn warmte, delfstoffen en toeristen; velen kunnen niet weg."),
        Open(3, "Leg uit waarom het klimaat van West-Europa milder is dan dat van Canada op dezelfde breedte.",
             "De Noord-Atlantische stroom en de westenwind van de oceaan brengen in de winter warmte."),
    ),
    source=Source("De lengte van rivieren (ongeveer)", ("rivier", "km"),
                  (("Theems", 346), ("Rijn", 1230), ("Donau", 2850), ("Wolga", 3530))),
    product=Product("Bereken de afstand.",
                    "<p>Op een kaart is 1 cm in werkelijkheid {b} km. Twee dorpen liggen er {a} cm uit elkaar. Hoe ver "
                    r"is dat? Gebruik <inline-math>d = {a} \cdot {b}</inline-math>.</p>", "km"),
)
# fmt: on
