"""Physics."""

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
        Fact(1, "Which force pulls things towards the Earth?", "gravity",
             ("friction", "magnetism", "buoyancy", "air resistance")),
        Fact(1, "With which instrument do you measure temperature?", "thermometer",
             ("barometer", "balance", "ammeter", "stopwatch")),
        Fact(2, "What is the SI unit of force?", "newton", ("joule", "watt", "pascal", "volt")),
        Fact(2, "What is the SI unit of energy?", "joule", ("newton", "ampere", "kelvin", "hertz")),
        Fact(2, "What is the unit of electrical resistance?", "ohm", ("volt", "ampere", "watt", "coulomb")),
        Fact(2, "What is the energy of a moving object called?", "kinetic energy",
             ("chemical energy", "gravitational energy", "heat", "nuclear energy")),
        Fact(3, "Which quantity is the product of mass and velocity?", "momentum",
             ("force", "power", "pressure", "acceleration")),
        Fact(3, "What is the bending of light at a boundary between two substances called?", "refraction",
             ("reflection", "diffraction", "absorption", "interference")),
        Fact(3, "What is the lowest possible temperature, in whole degrees Celsius?", "-273",
             ("-100", "-196", "-373", "0")),
    ),
    several=(
        Several("Which of these conduct electricity well?", ("copper", "aluminium", "silver"),
                ("glass", "rubber", "dry wood"), 1),
        Several("Which of these quantities are vectors?", ("force", "velocity", "acceleration"),
                ("mass", "temperature", "energy")),
    ),
    claims=(
        Claim(1, "Sound cannot travel through a vacuum.", True),
        Claim(1, "The Moon makes its own light.", False),
        Claim(2, "In a series circuit the current is the same everywhere.", True),
        Claim(2, "Without air resistance a heavy stone falls faster than a light one.", False),
        Claim(3, "An object that moves in a circle at constant speed accelerates.", True),
        Claim(3, "The half-life of a radioactive substance gets shorter when it is heated.", False),
    ),
    gaps=(
        Gaps("We measure length in ___ and time in ___.", ("metres", "seconds"), 1),
        Gaps("Ohm's law: ___ is current times ___.", ("voltage", "resistance")),
    ),
    pairs=(
        Pairs("Match each quantity with its SI unit.", {
            "force": "newton", "energy": "joule", "power": "watt", "pressure": "pascal", "frequency": "hertz"}),
    ),
    orders=(
        Order("Put the colours of light in order of wavelength.", "The longest first.",
              ("red", "orange", "yellow", "green", "violet")),
    ),
    events=(
        Event("Newton publishes his Principia", 1687),
        Event("Einstein publishes the special theory of relativity", 1905),
        Event("First people on the Moon", 1969),
        Event("CERN announces the discovery of the Higgs boson", 2012),
    ),
    drawings=(
        Drawing("Which position–time graph belongs to a constant speed forwards?", "rising", ("level", "steeper")),
        Drawing("Which position–time graph belongs to an object at rest?", "level", ("rising", "steeper")),
        Drawing("Which position–time graph belongs to a constant acceleration from rest?", "steeper",
                ("level", "rising"), 3),
    ),
    opens=(
        Open(1, "Explain why you see lightning before you hear the thunder.",
             "Light travels much faster than sound, so it reaches you first."),
        Open(2, "Explain why a car needs a longer distance to stop when it drives faster.",
             "It has more kinetic energy, which grows with the square of the speed; the brakes must do more work, and "
             "it also travels further while the driver reacts."),
        Open(3, "Explain why an astronaut in orbit feels weightless although there is gravity.",
             "Astronaut and spacecraft fall around the Earth with the same acceleration, so nothing pushes back."),
    ),
    source=Source("The speed of sound (about)", ("substance", "m/s"), (("air", 340), ("water", 1500), ("steel", 5900))),
    product=Product("Calculate the distance.",
                    "<p>A cyclist rides at a constant {a} m/s for {b} s. Which distance is that? Use "
                    r"<inline-math>s = v \cdot t</inline-math>.</p>", "m"),
)

NL = Bank(
    facts=(
        Fact(1, "Welke kracht trekt alles naar de aarde?", "zwaartekracht",
             ("wrijvingskracht", "magnetische kracht", "opwaartse kracht", "luchtweerstand")),
        Fact(1, "Met welk instrument meet je temperatuur?", "thermometer",
             ("barometer", "weegschaal", "stroommeter", "stopwatch")),
        Fact(2, "Wat is de SI-eenheid van kracht?", "newton", ("joule", "watt", "pascal", "volt")),
        Fact(2, "Wat is de SI-eenheid van energie?", "joule", ("newton", "ampère", "kelvin", "hertz")),
        Fact(2, "Wat is de eenheid van elektrische weerstand?", "ohm", ("volt", "ampère", "watt", "coulomb")),
        Fact(2, "Hoe heet de energie van een bewegend voorwerp?", "bewegingsenergie",
             ("chemische energie", "zwaarte-energie", "warmte", "kernenergie")),
        Fact(3, "Welke grootheid is het product van massa en snelheid?", "impuls",
             ("kracht", "vermogen", "druk", "versnelling")),
        Fact(3, "Hoe heet de richtingsverandering van licht op de grens van twee stoffen?", "breking",
             ("spiegeling", "buiging", "absorptie", "interferentie")),
        Fact(3, "Wat is de laagst mogelijke temperatuur, in hele graden Celsius?", "-273",
             ("-100", "-196", "-373", "0")),
    ),
    several=(
        Several("Welke van deze stoffen geleiden stroom goed?", ("koper", "aluminium", "zilver"),
                ("glas", "rubber", "droog hout"), 1),
        Several("Welke van deze grootheden zijn vectoren?", ("kracht", "snelheid", "versnelling"),
                ("massa", "temperatuur", "energie")),
    ),
    claims=(
        Claim(1, "Geluid kan niet door vacuüm.", True),
        Claim(1, "De maan geeft zelf licht.", False),
        Claim(2, "In een serieschakeling is de stroomsterkte overal gelijk.", True),
        Claim(2, "Zonder luchtweerstand valt een zware steen sneller dan een lichte.", False),
        Claim(3, "Een voorwerp dat met constante snelheid een cirkel beschrijft, versnelt.", True),
        Claim(3, "De halveringstijd van een radioactieve stof wordt korter als je de stof verwarmt.", False),
    ),
    gaps=(
        Gaps("Lengte meten we in ___ en tijd in ___.", ("meter", "seconden"), 1),
        Gaps("De wet van Ohm: ___ is stroomsterkte keer ___.", ("spanning", "weerstand")),
    ),
    pairs=(
        Pairs("Verbind elke grootheid met haar SI-eenheid.", {
            "kracht": "newton", "energie": "joule", "vermogen": "watt", "druk": "pascal", "frequentie": "hertz"}),
    ),
    orders=(
        Order("Zet de kleuren van licht in volgorde van golflengte.", "De langste eerst.",
              ("rood", "oranje", "geel", "groen", "violet")),
    ),
    events=(
        Event("Newton publiceert zijn Principia", 1687),
        Event("Einstein publiceert de speciale relativiteitstheorie", 1905),
        Event("Eerste mens op de maan", 1969),
        Event("CERN maakt de ontdekking van het higgsdeeltje bekend", 2012),
    ),
    drawings=(
        Drawing("Welke plaats-tijdgrafiek hoort bij een constante snelheid vooruit?", "rising", ("level", "steeper")),
        Drawing("Welke plaats-tijdgrafiek hoort bij een voorwerp dat stilstaat?", "level", ("rising", "steeper")),
        Drawing("Welke plaats-tijdgrafiek hoort bij een constante versnelling vanuit stilstand?", "steeper",
                ("level", "rising"), 3),
    ),
    opens=(
        Open(1, "Leg uit waarom je de bliksem ziet voordat je de donder hoort.",
             "Licht gaat veel sneller dan geluid en is er dus eerder."),
        Open(2, "Leg uit waarom een auto een langere stopafstand heeft als hij harder rijdt.",
             "De bewegingsenergie groeit met het kwadraat van de snelheid, dus de remmen moeten meer arbeid "
             "verrichten; ook rijdt de auto verder tijdens de reactietijd."),
        Open(3, "Leg uit waarom een astronaut in een baan om de aarde zich gewichtloos voelt terwijl er "
                "zwaartekracht is.",
             "Astronaut en ruimteschip vallen met dezelfde versnelling om de aarde, dus niets duwt terug."),
    ),
    source=Source("De geluidssnelheid (ongeveer)", ("stof", "m/s"), (("lucht", 340), ("water", 1500), ("staal", 5900))),
    product=Product("Bereken de afstand.",
                    "<p>Een fietser rijdt {b} s met een constante snelheid van {a} m/s. Welke afstand is dat? Gebruik "
                    r"<inline-math>s = v \cdot t</inline-math>.</p>", "m"),
)
# fmt: on
