"""Chemistry."""

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
        Fact(1, "Which gas makes up most of the air?", "nitrogen", ("oxygen", "carbon dioxide", "hydrogen", "argon")),
        Fact(1, "What is it called when a liquid becomes a solid?", "freezing",
             ("melting", "evaporation", "condensation", "dissolving")),
        Fact(2, "What is the chemical symbol of sodium?", "Na", ("So", "S", "N", "Sd")),
        Fact(2, "What is the chemical symbol of iron?", "Fe", ("Ir", "I", "In", "Fr")),
        Fact(2, "What is the pH of pure water at 25 °C?", "7", ("0", "1", "10", "14")),
        Fact(2, "Which particle in an atom has a negative charge?", "electron",
             ("proton", "neutron", "nucleus", "ion of sodium")),
        Fact(3, "What is a substance called that speeds up a reaction without being used up?", "catalyst",
             ("reactant", "solvent", "indicator", "precipitate")),
        Fact(3, "What are atoms of one element with different numbers of neutrons called?", "isotopes",
             ("isomers", "ions", "polymers", "alloys")),
        Fact(3, "What is the bond called in which atoms share electron pairs?", "covalent bond",
             ("ionic bond", "metallic bond", "hydrogen bond", "dipole bond")),
    ),
    several=(
        Several("Which of these elements are noble gases?", ("helium", "neon", "argon"),
                ("hydrogen", "nitrogen", "chlorine")),
        Several("Which of these are compounds?", ("H<sub>2</sub>O", "CO<sub>2</sub>", "NaCl"),
                ("O<sub>2</sub>", "N<sub>2</sub>", "Fe")),
    ),
    claims=(
        Claim(1, "Ice and steam consist of the same molecules.", True),
        Claim(1, "Sugar disappears from the water when it dissolves.", False),
        Claim(2, "A proton has a positive charge.", True),
        Claim(2, "A solution with a pH of 3 is basic.", False),
        Claim(3, "In an oxidation a particle gives up electrons.", True),
        Claim(3, "An exothermic reaction takes up heat from its surroundings.", False),
    ),
    gaps=(
        Gaps("In a molecule of water two atoms of ___ are bound to one atom of ___.", ("hydrogen", "oxygen"), 1),
        Gaps("An atom consists of a ___ with ___ around it.", ("nucleus", "electrons")),
    ),
    pairs=(
        Pairs("Match each element with its symbol.", {
            "gold": "Au", "silver": "Ag", "potassium": "K", "lead": "Pb", "copper": "Cu"}),
    ),
    orders=(
        Order("Put the elements in order of their atomic number.", "The lowest first.",
              ("hydrogen", "helium", "carbon", "nitrogen", "oxygen")),
    ),
    events=(
        Event("Mendeleev publishes his periodic table", 1869),
        Event("Marie Curie receives the Nobel Prize in Chemistry", 1911),
        Event("Lavoisier publishes his Elementary Treatise on Chemistry", 1789, 3),
        Event("Discovery of the buckyball, a molecule of sixty carbon atoms", 1985, 3),
    ),
    drawings=(
        Drawing("Which drawing has the shape of a water molecule?", "bend-of-three", ("line-of-three", "pair")),
        Drawing("Which drawing has the shape of a carbon dioxide molecule?", "line-of-three",
                ("bend-of-three", "pair")),
        Drawing("Which drawing could be a molecule of nitrogen?", "pair", ("bend-of-three", "line-of-three"), 1),
    ),
    opens=(
        Open(1, "Explain how you can get the salt back out of salt water.",
             "Let the water evaporate, for example by heating. The salt stays behind."),
        Open(2, "Explain why iron rusts faster near the sea.",
             "Rusting needs water and oxygen. Salt water conducts electricity better, which speeds up the reaction."),
        Open(3, "Explain why the boiling point of water is much higher than that of methane.",
             "Between water molecules there are hydrogen bonds, between methane molecules only weak van der Waals "
             "forces; breaking hydrogen bonds takes more energy."),
    ),
    source=Source("What dry air is made of", ("gas", "% of the volume"),
                  (("nitrogen", 78), ("oxygen", 21), ("other gases", 1))),
    product=Product("Calculate the mass.",
                    "<p>How many grams are {a} mol of a substance with a molar mass of {b} g/mol? Use "
                    r"<inline-math>m = n \cdot M</inline-math>.</p>", "g"),
)

NL = Bank(
    facts=(
        Fact(1, "Uit welk gas bestaat lucht voor het grootste deel?", "stikstof",
             ("zuurstof", "koolstofdioxide", "waterstof", "argon")),
        Fact(1, "Hoe heet het als een vloeistof een vaste stof wordt?", "stollen",
             ("smelten", "verdampen", "condenseren", "oplossen")),
        Fact(2, "Wat is het symbool van natrium?", "Na", ("So", "S", "N", "Nt")),
        Fact(2, "Wat is het symbool van ijzer?", "Fe", ("IJ", "I", "Ir", "Fr")),
        Fact(2, "Wat is de pH van zuiver water bij 25 °C?", "7", ("0", "1", "10", "14")),
        Fact(2, "Welk deeltje in een atoom heeft een negatieve lading?", "elektron",
             ("proton", "neutron", "atoomkern", "natriumion")),
        Fact(3, "Hoe heet een stof die een reactie versnelt zonder verbruikt te worden?", "katalysator",
             ("beginstof", "oplosmiddel", "indicator", "neerslag")),
        Fact(3, "Hoe heten atomen van één element met verschillende aantallen neutronen?", "isotopen",
             ("isomeren", "ionen", "polymeren", "legeringen")),
        Fact(3, "Hoe heet de binding waarbij atomen elektronenparen delen?", "atoombinding",
             ("ionbinding", "metaalbinding", "waterstofbrug", "dipoolbinding")),
    ),
    several=(
        Several("Welke van deze elementen zijn edelgassen?", ("helium", "neon", "argon"),
                ("waterstof", "stikstof", "chloor")),
        Several("Welke van deze stoffen zijn verbindingen?", ("H<sub>2</sub>O", "CO<sub>2</sub>", "NaCl"),
                ("O<sub>2</sub>", "N<sub>2</sub>", "Fe")),
    ),
    claims=(
        Claim(1, "IJs en stoom bestaan uit dezelfde moleculen.", True),
        Claim(1, "Suiker verdwijnt uit het water als het oplost.", False),
        Claim(2, "Een proton heeft een positieve lading.", True),
        Claim(2, "Een oplossing met een pH van 3 is basisch.", False),
        Claim(3, "Bij een oxidatie staat een deeltje elektronen af.", True),
        Claim(3, "Een exotherme reactie neemt warmte op uit de omgeving.", False),
    ),
    gaps=(
        Gaps("In een watermolecuul zitten twee atomen ___ vast aan één atoom ___.", ("waterstof", "zuurstof"), 1),
        Gaps("Een atoom bestaat uit een ___ met ___ eromheen.", ("kern", "elektronen")),
    ),
    pairs=(
        Pairs("Verbind elk element met zijn symbool.", {
            "goud": "Au", "zilver": "Ag", "kalium": "K", "lood": "Pb", "koper": "Cu"}),
    ),
    orders=(
        Order("Zet de elementen in volgorde van hun atoomnummer.", "Het laagste eerst.",
              ("waterstof", "helium", "koolstof", "stikstof", "zuurstof")),
    ),
    events=(
        Event("Mendelejev publiceert zijn periodiek systeem", 1869),
        Event("Marie Curie krijgt de Nobelprijs voor Scheikunde", 1911),
        Event("Van 't Hoff krijgt de allereerste Nobelprijs voor Scheikunde", 1901),
        Event("Ontdekking van de buckybal, een molecuul van zestig koolstofatomen", 1985, 3),
    ),
    drawings=(
        Drawing("Welke tekening heeft de vorm van een watermolecuul?", "bend-of-three", ("line-of-three", "pair")),
        Drawing("Welke tekening heeft de vorm van een koolstofdioxidemolecuul?", "line-of-three",
                ("bend-of-three", "pair")),
        Drawing("Welke tekening kan een stikstofmolecuul zijn?", "pair", ("bend-of-three", "line-of-three"), 1),
    ),
    opens=(
        Open(1, "Leg uit hoe je het zout weer uit zout water kunt halen.",
             "Laat het water verdampen, bijvoorbeeld door te verwarmen. Het zout blijft achter."),
        Open(2, "Leg uit waarom ijzer aan zee sneller roest.",
             "Voor roesten zijn water en zuurstof nodig. Zout water geleidt stroom beter en versnelt zo de reactie."),
        Open(3, "Leg uit waarom het kookpunt van water veel hoger is dan dat van methaan.",
             "Tussen watermoleculen zitten waterstofbruggen, tussen methaanmoleculen alleen zwakke "
             "vanderwaalskrachten; waterstofbruggen verbreken kost meer energie."),
    ),
    source=Source("Waaruit droge lucht bestaat", ("gas", "volume-%"),
                  (("stikstof", 78), ("zuurstof", 21), ("andere gassen", 1))),
    product=Product("Bereken de massa.",
                    "<p>Hoeveel gram is {a} mol van een stof met een molaire massa van {b} g/mol? Gebruik "
                    r"<inline-math>m = n \cdot M</inline-math>.</p>", "g"),
)
# fmt: on
