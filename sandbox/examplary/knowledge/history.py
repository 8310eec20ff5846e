"""History."""

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
        Fact(1, "Who was the first president of the United States?", "George Washington",
             ("Abraham Lincoln", "Thomas Jefferson", "John Adams", "Benjamin Franklin")),
        Fact(1, "What was a king of ancient Egypt called?", "pharaoh", ("emperor", "sultan", "consul", "tsar")),
        Fact(1, "In which city did gladiators fight in the Colosseum?", "Rome", ("Athens", "Cairo", "Sparta", "Troy")),
        Fact(2, "Which French ruler was defeated at Waterloo?", "Napoleon",
             ("Louis XIV", "Robespierre", "Charlemagne", "Charles de Gaulle")),
        Fact(2, "Who invented printing with movable metal type in Mainz?", "Gutenberg",
             ("Luther", "Erasmus", "Galileo", "Leonardo da Vinci")),
        Fact(2, "Which city was divided by a wall from 1961 to 1989?", "Berlin",
             ("Vienna", "Warsaw", "Prague", "Budapest")),
        Fact(3, "Which treaty between Germany and the Allies was signed in June 1919?", "Treaty of Versailles",
             ("Treaty of Trianon", "Peace of Westphalia", "Treaty of Rome", "Treaty of Utrecht")),
        Fact(3, "What was the Soviet policy of openness under Gorbachev called?", "glasnost",
             ("détente", "Prague Spring", "collectivisation", "Comintern")),
        Fact(3, "Which city was the capital of the Byzantine Empire?", "Constantinople",
             ("Athens", "Antioch", "Alexandria", "Ravenna")),
    ),
    several=(
        Several("Which of these countries fought on the side of the Allies in the Second World War?",
                ("United Kingdom", "Soviet Union", "United States"), ("Germany", "Italy", "Japan"), 1),
        Several("Which of these people were thinkers of the Enlightenment?", ("Voltaire", "Montesquieu", "Rousseau"),
                ("Charlemagne", "Thomas Aquinas", "Lenin")),
    ),
    claims=(
        Claim(1, "The ancient Greeks held the Olympic Games.", True),
        Claim(1, "Knights of the Middle Ages fought with machine guns.", False),
        Claim(2, "The First World War ended in 1918.", True),
        Claim(2, "Columbus sailed west to prove that the Earth is round.", False),
        Claim(3, "The Marshall Plan gave American aid to Western Europe after 1947.", True),
        Claim(3, "The storming of the Bastille took place after the execution of Louis XVI.", False),
    ),
    gaps=(
        Gaps("The Second World War began in ___ and ended in ___.", ("1939", "1945"), 1),
        Gaps("In the Cold War Washington was the capital of the ___ and Moscow that of the ___.",
             ("United States", "Soviet Union"), 2),
    ),
    pairs=(
        Pairs("Match each person with what they are known for.", {
            "Martin Luther": "Reformation", "Vasco da Gama": "sea route to India", "Nelson Mandela": "end of apartheid",
            "Julius Caesar": "conquest of Gaul", "Otto von Bismarck": "unification of Germany"}),
    ),
    orders=(
        Order("Put these periods in chronological order.", "The oldest first.",
              ("Stone Age", "Roman Empire", "Middle Ages", "Industrial Revolution", "Cold War")),
    ),
    events=(
        Event("Fall of the Berlin Wall", 1989, 1),
        Event("Columbus reaches the Americas", 1492, 1),
        Event("French Revolution begins", 1789),
        Event("Battle of Waterloo", 1815),
        Event("Outbreak of the First World War", 1914),
        Event("Peace of Westphalia", 1648, 3),
    ),
    drawings=(
        Drawing("Which drawing shows an Egyptian pyramid from the side?", "triangle", ("ellipse", "square"), 1),
        Drawing("Which drawing shows the ground plan of the Colosseum in Rome?", "ellipse", ("triangle", "square")),
    ),
    opens=(
        Open(1, "Explain why the invention of printing was important.",
             "Books became cheaper and more numerous, so more people could read and ideas spread faster."),
        Open(2, "Explain a cause and an effect of the Industrial Revolution.",
             "A cause: the steam engine and cheap coal. An effect: people moved to cities to work in factories."),
        Open(3, "Explain why historians compare several sources about the same event.",
             "Each source has a maker with a position and a purpose; agreement between independent sources makes a "
             "statement more reliable."),
    ),
    source=Source("How long wars lasted", ("war", "years"),
                  (("Hundred Years' War, 1337–1453", 116), ("Eighty Years' War, 1568–1648", 80),
                   ("Thirty Years' War, 1618–1648", 30), ("Second World War, 1939–1945", 6))),
    product=Product("Calculate the distance.",
                    "<p>A Roman legion marched {b} miles a day. How far did it march in {a} days? Use "
                    r"<inline-math>d = {a} \cdot {b}</inline-math>.</p>", "miles"),
)

NL = Bank(
    facts=(
        Fact(1, "Wie was de eerste president van de Verenigde Staten?", "George Washington",
             ("Abraham Lincoln", "Thomas Jefferson", "John Adams", "Benjamin Franklin")),
        Fact(1, "Hoe heette een koning in het oude Egypte?", "farao", ("keizer", "sultan", "consul", "tsaar")),
        Fact(1, "In welke stad vochten gladiatoren in het Colosseum?", "Rome", ("Athene", "Caïro", "Sparta", "Troje")),
        Fact(2, "Welke Franse heerser werd bij Waterloo verslagen?", "Napoleon",
             ("Lodewijk XIV", "Robespierre", "Karel de Grote", "Charles de Gaulle")),
        Fact(2, "Wie leidde de Opstand in de Nederlanden tot 1584?", "Willem van Oranje",
             ("Johan van Oldenbarnevelt", "Filips II", "Michiel de Ruyter", "Johan de Witt")),
        Fact(2, "Welke stad was van 1961 tot 1989 door een muur verdeeld?", "Berlijn",
             ("Wenen", "Warschau", "Praag", "Boedapest")),
        Fact(3, "Welk verdrag tussen Duitsland en de geallieerden werd in juni 1919 getekend?",
             "Verdrag van Versailles",
             ("Verdrag van Trianon", "Vrede van Münster", "Verdrag van Rome", "Vrede van Utrecht")),
        Fact(3, "Hoe heette het beleid van openheid van Gorbatsjov?", "glasnost",
             ("détente", "Praagse Lente", "collectivisatie", "Komintern")),
        Fact(3, "Welke stad was de hoofdstad van het Byzantijnse Rijk?", "Constantinopel",
             ("Athene", "Antiochië", "Alexandrië", "Ravenna")),
    ),
    several=(
        Several("Welke van deze landen hoorden in de Tweede Wereldoorlog bij de geallieerden?",
                ("Verenigd Koninkrijk", "Sovjet-Unie", "Verenigde Staten"), ("Duitsland", "Italië", "Japan"), 1),
        Several("Welke van deze personen waren denkers van de Verlichting?", ("Voltaire", "Montesquieu", "Rousseau"),
                ("Karel de Grote", "Thomas van Aquino", "Lenin")),
    ),
    claims=(
        Claim(1, "De oude Grieken hielden Olympische Spelen.", True),
        Claim(1, "Ridders vochten in de middeleeuwen met machinegeweren.", False),
        Claim(2, "De Eerste Wereldoorlog eindigde in 1918.", True),
        Claim(2, "Columbus voer naar het westen om te bewijzen dat de aarde rond is.", False),
        Claim(3, "Het Marshallplan gaf West-Europa na 1947 Amerikaanse hulp.", True),
        Claim(3, "De bestorming van de Bastille was na de terechtstelling van Lodewijk XVI.", False),
    ),
    gaps=(
        Gaps("De Tweede Wereldoorlog begon in ___ en eindigde in ___.", ("1939", "1945"), 1),
        Gaps("In de Koude Oorlog was Washington de hoofdstad van de ___ en Moskou die van de ___.",
             ("Verenigde Staten", "Sovjet-Unie"), 2),
    ),
    pairs=(
        Pairs("Verbind elke persoon met waar die bekend om is.", {
            "Maarten Luther": "Reformatie", "Vasco da Gama": "zeeweg naar India",
            "Nelson Mandela": "einde van de apartheid",
            "Julius Caesar": "verovering van Gallië", "Otto von Bismarck": "Duitse eenwording"}),
    ),
    orders=(
        Order("Zet deze perioden in chronologische volgorde.", "De oudste eerst.",
              ("steentijd", "Romeinse Rijk", "middeleeuwen", "industriële revolutie", "Koude Oorlog")),
    ),
    events=(
        Event("Val van de Berlijnse Muur", 1989, 1),
        Event("Columbus bereikt Amerika", 1492, 1),
        Event("Begin van de Franse Revolutie", 1789),
        Event("Slag bij Waterloo", 1815),
        Event("Begin van de Eerste Wereldoorlog", 1914),
        Event("Vrede van Münster", 1648, 3),
    ),
    drawings=(
        Drawing("Welke tekening toont een Egyptische piramide van opzij?", "triangle", ("ellipse", "square"), 1),
        Drawing("Welke tekening toont de plattegrond van het Colosseum in Rome?", "ellipse", ("triangle", "square")),
    ),
    opens=(
        Open(1, "Leg uit waarom de uitvinding van de boekdrukkunst belangrijk was.",
             "Boeken werden goedkoper en talrijker, zodat meer mensen konden lezen en ideeën zich sneller "
             "verspreidden."),
        Open(2, "Leg een oorzaak en een gevolg van de industriële revolutie uit.",
             "Een oorzaak: de stoommachine en goedkope steenkool. Een gevolg: mensen trokken naar de stad om in "
             "fabrieken te werken."),
        Open(3, "Leg uit waarom historici verschillende bronnen over één gebeurtenis vergelijken.",
             "Elke bron heeft een maker met een standpunt en een doel; overeenstemming tussen onafhankelijke "
             "bronnen maakt een uitspraak betrouwbaarder."),
    ),
    source=Source("Hoe lang oorlogen duurden", ("oorlog", "jaren"),
                  (("Honderdjarige Oorlog, 1337–1453", 116), ("Tachtigjarige Oorlog, 1568–1648", 80),
                   ("Dertigjarige Oorlog, 1618–1648", 30), ("Tweede Wereldoorlog, 1939–1945", 6))),
    product=Product("Bereken de afstand.",
                    "<p>Een Romeins legioen marcheerde {b} mijl per dag. Hoe ver kwam het in {a} dagen? Gebruik "
                    r"<inline-math>d = {a} \cdot {b}</inline-math>.</p>", "mijl"),
)
# fmt: on
