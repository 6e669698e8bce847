"""Where clients are: names people have there, working week, holidays, time zone."""

from __future__ import annotations

from dataclasses import dataclass

from touchpoints.demo.workdays import MONDAY_TO_FRIDAY, SUNDAY_TO_THURSDAY


@dataclass(frozen=True, slots=True)
class Culture:
    """A language area. ``people`` pairs a written form with its Latin one (the same where the script is Latin)."""

    key: str
    zones: tuple[str, ...]
    weekdays: frozenset[int]
    holidays: str
    towns: tuple[str, ...]
    first_names: tuple[tuple[str, str], ...]
    last_names: tuple[tuple[str, str], ...]
    family_name_first: bool = False
    honorific: str = ""
    summer_weeks: int = 2


def _latin(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in text.split())


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """``written/latin written/latin ...``"""
    return tuple((pair.split("/")[0], pair.split("/")[1]) for pair in text.split())


CULTURES: dict[str, Culture] = {
    culture.key: culture
    for culture in (
        Culture(
            "british",
            ("Europe/London", "Europe/Dublin"),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Leeds", "Bristol", "Carlisle", "Norwich", "Swansea", "Hull", "Galway", "Perth", "Derby", "Cork"),
            _latin(
                "Jon Ade Lin Marta Priya Owen Fiona Callum Grace Nathan Aisha Hugh Bridget Kofi Sophie Rhys Imogen "
                "Declan Zara Martin Eleanor Femi Ruth Stuart Niamh Arjun Beth Gareth Olivia Kwame Harriet Liam"
            ),
            _latin(
                "Pell Okoro Zhao Ruiz Sharma Bevan Mackay Doyle Hargreaves Achebe Lindqvist Tully Osei Penrose "
                "Gallagher Whitcombe Nair Ashdown Kerr Fairley Boateng Marsh Prentice Hollis Quigley Rowe "
                "Sandhu Thackray Ives"
            ),
        ),
        Culture(
            "american",
            ("America/New_York", "America/Toronto"),
            MONDAY_TO_FRIDAY,
            "united_states",
            ("Columbus", "Albany", "Duluth", "Raleigh", "Hamilton", "Tulsa", "Spokane", "Halifax"),
            _latin(
                "Megan Tyler Alicia Brandon Denise Carlos Wendy Marcus Jenna Curtis Tamika Scott Rachel Diego Kelsey "
                "Andre Monica Grant Latoya Evan Sierra Howard"
            ),
            _latin(
                "Kowalski Jefferson Nguyen Delgado Burke Whitaker Tran Holloway Ramirez Sutter Beaumont Pruitt "
                "Castillo McCall Yates Ferris Washington Lindgren Abbott Mercer Trujillo"
            ),
            summer_weeks=1,
        ),
        Culture(
            "german",
            ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Kassel", "Ulm", "Bremen", "Graz", "Celle", "Passau", "Winterthur", "Erfurt", "Lübeck"),
            _latin(
                "Anke Jürgen Sabine Tobias Heike Matthias Katrin Uwe Svenja Florian Birgit Holger Nadine Rainer Lena "
                "Thorsten Claudia Emre Silke Bernd"
            ),
            _latin(
                "Böttcher Harlacher Wiesner Krämer Stadler Yıldız Petersen Vogt Reinhardt Schönfeld Brandl Kessler "
                "Lorenz Hübner Tietz Engelmann Sauer Niebuhr Falk"
            ),
            summer_weeks=3,
        ),
        Culture(
            "french",
            ("Europe/Paris", "Europe/Brussels"),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Rennes", "Dijon", "Namur", "Amiens", "Nîmes", "Tours", "Annecy", "Liège"),
            _latin(
                "Camille Étienne Sandrine Julien Aurélie Mathieu Nathalie Karim Solène Pascal Élodie Thierry Inès "
                "Bruno Delphine Rémi Fatou Gilles"
            ),
            _latin(
                "Delacourt Marchand Lefèvre Benali Rousselet Gauthier Perrin Chevallier Masson Diallo Vasseur Courtin "
                "Renaudin Poirier Lacombe Brunel"
            ),
            summer_weeks=3,
        ),
        Culture(
            "spanish",
            ("Europe/Madrid",),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Zaragoza", "Vigo", "Murcia", "Burgos", "Gijón", "Almería", "Lugo"),
            _latin(
                "Lucía Álvaro Marta Íñigo Carmen Javier Nuria Rubén Pilar Sergio Elena Gonzalo Beatriz Raúl Rocío "
                "Andrés Irene"
            ),
            _latin(
                "Echevarría Ruiz Navarro Peñalver Cano Ibáñez Soler Montero Quiroga Barrios Llorente Vidal "
                "Zamora Ortuño"
            ),
            summer_weeks=3,
        ),
        Culture(
            "italian",
            ("Europe/Rome",),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Parma", "Bari", "Udine", "Ancona", "Novara", "Pescara"),
            _latin("Giulia Marco Federica Paolo Elisa Davide Silvia Lorenzo Ilaria Stefano Martina Gianni Valentina"),
            _latin("Bianchetti Moretti Fontana Gallo Righi Santoro Pellegrini Caruso Zanetti Bruni Ferraro Colombo"),
            summer_weeks=3,
        ),
        Culture(
            "dutch",
            ("Europe/Amsterdam",),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Zwolle", "Breda", "Delft", "Venlo", "Leiden"),
            _latin("Femke Sander Anouk Joost Marieke Bas Lotte Wouter Ilse Ruben Hanneke Thijs"),
            _latin("Verhoeven Dijkstra Hoekstra Vermeulen Postma Kuipers Smeets Brouwer Terpstra Mulder Zijlstra"),
        ),
        Culture(
            "nordic",
            ("Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Helsinki"),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Örebro", "Bergen", "Aarhus", "Tampere", "Malmö", "Tromsø", "Odense"),
            _latin("Astrid Lars Maja Henrik Sofie Mikkel Elin Jesper Aino Petter Kirsten Oskar Liv Rasmus"),
            _latin(
                "Lindholm Bakken Kjær Nyström Halvorsen Virtanen Mortensen Eklund Dahl Ståhl Rønning Laine Bergqvist"
            ),
            summer_weeks=4,
        ),
        Culture(
            "polish",
            ("Europe/Warsaw", "Europe/Prague"),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Łódź", "Gdynia", "Rzeszów", "Brno", "Opole", "Lublin"),
            _latin("Agnieszka Tomasz Katarzyna Paweł Magda Krzysztof Zuzana Ondřej Ewa Marek Joanna Wojciech"),
            _latin("Wiśniewska Nowicki Zieliński Dvořák Pawlak Mazur Sikora Kaczmarek Bednář Wrona Duda"),
        ),
        Culture(
            "portuguese",
            ("Europe/Lisbon",),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Braga", "Aveiro", "Évora", "Leiria", "Faro"),
            _latin("Inês Tiago Mafalda Rui Catarina Nuno Leonor Hélder Joana Duarte Filipa"),
            _latin("Carvalho Antunes Figueiredo Nóbrega Vasconcelos Pinto Barbosa Teixeira Sequeira Moura"),
        ),
        Culture(
            "japanese",
            ("Asia/Tokyo",),
            MONDAY_TO_FRIDAY,
            "japan",
            ("Sendai", "Kanazawa", "Okayama", "Matsuyama"),
            _pairs("美咲/Misaki 健一/Kenichi 陽子/Yoko 拓也/Takuya 直美/Naomi 大輔/Daisuke 恵/Megumi 翔太/Shota"),
            _pairs("佐藤/Sato 高橋/Takahashi 渡辺/Watanabe 中村/Nakamura 小林/Kobayashi 山口/Yamaguchi 石川/Ishikawa"),
            family_name_first=True,
            honorific="-san",
            summer_weeks=1,
        ),
        Culture(
            "arabic",
            ("Asia/Amman", "Asia/Riyadh"),
            SUNDAY_TO_THURSDAY,
            "middle_east",
            ("Irbid", "Aqaba", "Dammam", "Zarqa"),
            _pairs("ليلى/Layla عمر/Omar هدى/Huda خالد/Khaled رانيا/Rania سامي/Sami نور/Nour يوسف/Yousef"),
            _pairs("الخطيب/Al-Khatib حداد/Haddad المصري/Al-Masri النجار/Al-Najjar قاسم/Qasim العلي/Al-Ali"),
        ),
        Culture(
            "greek",
            ("Europe/Athens",),
            MONDAY_TO_FRIDAY,
            "europe",
            ("Patras", "Volos", "Kavala"),
            _pairs("Ελένη/Eleni Γιώργος/Giorgos Κατερίνα/Katerina Νίκος/Nikos Δήμητρα/Dimitra Σπύρος/Spyros"),
            _pairs("Παπαδάκη/Papadaki Νικολάου/Nikolaou Αντωνίου/Antoniou Βασιλείου/Vasileiou Λάμπρου/Lamprou"),
            summer_weeks=3,
        ),
        Culture(
            "cyrillic",
            ("Europe/Sofia", "Europe/Kyiv"),
            MONDAY_TO_FRIDAY,
            "orthodox",
            ("Plovdiv", "Lviv", "Varna", "Odesa"),
            _pairs("Олена/Olena Андрій/Andriy Ирина/Irina Димитър/Dimitar Марія/Mariya Богдан/Bohdan Тарас/Taras"),
            _pairs("Шевчук/Shevchuk Коваленко/Kovalenko Бондар/Bondar Мельник/Melnyk Кравець/Kravets Лисенко/Lysenko"),
        ),
        Culture(
            "hebrew",
            ("Asia/Jerusalem",),
            SUNDAY_TO_THURSDAY,
            "middle_east",
            ("Haifa", "Ashdod", "Beersheba"),
            _pairs("נועה/Noa איתי/Itay מיכל/Michal יונתן/Yonatan תמר/Tamar אבי/Avi"),
            _pairs("כהן/Cohen לוי/Levi מזרחי/Mizrahi פרידמן/Friedman ברק/Barak"),
        ),
    )
}
