"""What clients do for a living, and the words their mails and calls are about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Industry:
    """One trade: what it exchanges with us (``files``), where (``sites``), what hurts (``troubles``), what is next."""

    key: str
    label: str
    files: tuple[str, ...]
    sites: tuple[str, ...]
    troubles: tuple[str, ...]
    plans: tuple[str, ...]
    titles: dict[str, tuple[str, ...]]


_ANALYST = ("Analyst", "Data Analyst", "Planning Analyst", "Office Coordinator")


def _titles(manager: str, director: str, executive: str) -> dict[str, tuple[str, ...]]:
    def split(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split(","))

    return {
        "analyst": _ANALYST,
        "manager": split(manager),
        "director": split(director),
        "executive": split(executive),
    }


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


INDUSTRIES: dict[str, Industry] = {
    industry.key: industry
    for industry in (
        Industry(
            "logistics",
            "Logistics",
            _words("route file, depot list, carrier tariff table, driver roster, slot calendar, toll report"),
            _words("depot, cross-dock, hub, yard, linehaul terminal"),
            _words("late loading lists, wrong stop order, missing consignment numbers, duplicate stops"),
            _words("the night network, the second depot, the carrier tender, the peak plan, the electric vans"),
            _titles("Transport Manager, Depot Manager, Planning Lead", "Head of Supply, Network Director", "COO, CEO"),
        ),
        Industry(
            "food",
            "Food and drink",
            _words("batch report, allergen sheet, promotion forecast, shelf-life table, supplier list, yield report"),
            _words("plant, cold store, bakery, bottling line, packing hall"),
            _words("short shelf life on arrival, mixed batches, forecast gaps before promotions, label mismatches"),
            _words("the spring range, the private label tender, the new cold store, the audit in autumn"),
            _titles("Supply Planner, Quality Manager, Production Manager", "Supply Chain Director", "CEO, CFO"),
        ),
        Industry(
            "hospitality",
            "Hospitality",
            _words("occupancy forecast, rate table, linen order, banquet calendar, staff rota, guest feedback export"),
            _words("hotel, resort, lodge, restaurant, conference centre"),
            _words("double bookings, rates that did not update, late linen, missing group allotments"),
            _words("the summer opening, the refurbishment, the loyalty relaunch, the winter menu"),
            _titles("Front Office Manager, Revenue Manager", "Operations Director, Commercial Director", "Owner, CEO"),
        ),
        Industry(
            "health",
            "Health care",
            _words("appointment feed, roster export, referral list, device register, stock list, waiting list report"),
            _words("clinic, practice, laboratory, day hospital, imaging centre"),
            _words("appointments shown twice, late rosters, referrals without a code, missing device numbers"),
            _words("the new imaging centre, the audit, the move to shared rosters, the winter plan"),
            _titles(
                "Practice Manager, Ward Manager", "Director of Operations, Medical Director", "Managing Partner, CEO"
            ),
        ),
        Industry(
            "energy",
            "Energy",
            _words("meter readings file, outage calendar, maintenance plan, asset register, load forecast, crew list"),
            _words("substation, wind park, control room, pumping station, service base"),
            _words("readings with gaps, outages booked twice, crews sent to the old address, stale asset numbers"),
            _words("the autumn outage window, the meter roll-out, the storm plan, the regulator report"),
            _titles(
                "Grid Planner, Maintenance Manager", "Head of Operations, Director Assets", "COO, Managing Director"
            ),
        ),
        Industry(
            "textiles",
            "Textiles",
            _words("order book, size curve, colour card, mill capacity plan, sample tracker, returns report"),
            _words("mill, dye house, showroom, distribution centre, atelier"),
            _words("late samples, colours off the card, size runs with holes, returns without a reason"),
            _words("the autumn collection, the new mill, the sample calendar, the trade fair"),
            _titles("Sourcing Manager, Merchandiser", "Buying Director, Head of Production", "CEO, Creative Director"),
        ),
        Industry(
            "insurance",
            "Insurance",
            _words("claims extract, broker list, premium run, renewal calendar, reserve report, document feed"),
            _words("branch, claims centre, regional office, broker desk"),
            _words("claims without a broker, late premium runs, letters with the old address, doubled policies"),
            _words("the year-end run, the broker portal, the new tariff, the document migration"),
            _titles("Claims Manager, Broker Manager", "Director Operations, Head of Claims", "COO, Board Member"),
        ),
        Industry(
            "media",
            "Media",
            _words("rights calendar, audience report, ad schedule, asset list, subtitle batch, subscriber export"),
            _words("studio, newsroom, print works, edit suite, transmission centre"),
            _words("spots in the wrong hour, subtitles out of step, rights that ran out, missing assets"),
            _words("the election night, the new app, the print move, the autumn schedule"),
            _titles("Traffic Manager, Production Manager", "Programme Director, Head of Sales", "Publisher, CEO"),
        ),
        Industry(
            "construction",
            "Construction",
            _words("site schedule, crane plan, concrete order, subcontractor list, snag list, permit calendar"),
            _words("site, yard, batching plant, site office, lot"),
            _words("deliveries before the gate opens, cranes booked twice, missing permits, late snag lists"),
            _words("phase two, the handover, the winter break, the new yard, the bridge works"),
            _titles("Site Manager, Project Manager", "Construction Director, Head of Procurement", "Managing Director"),
        ),
        Industry(
            "retail",
            "Retail",
            _words("stock count, planogram, price file, store list, replenishment run, click-and-collect report"),
            _words("flagship store, warehouse, outlet, dark store, regional office"),
            _words("prices not at the till, stores without stock, counts that do not add up, late replenishment"),
            _words("the Christmas range, the store opening, the price project, the loyalty card"),
            _titles("Category Manager, Store Operations Manager", "Supply Director, Head of Retail", "CEO, CFO"),
        ),
        Industry(
            "education",
            "Education",
            _words("term calendar, room plan, enrolment export, exam schedule, staff list, timetable draft"),
            _words("campus, faculty office, library, language centre, school"),
            _words("rooms booked twice, late enrolments, exams on a holiday, groups without a teacher"),
            _words("the autumn intake, the exam period, the new campus, the timetable reform"),
            _titles("Registrar, Timetable Manager", "Director of Studies, Bursar", "Rector, Principal"),
        ),
        Industry(
            "manufacturing",
            "Manufacturing",
            _words("bill of materials, shift plan, tool list, scrap report, supplier scorecard, maintenance calendar"),
            _words("plant, press shop, assembly line, tool room, test bench"),
            _words("parts short on the line, old revisions in the file, scrap without a code, late shift plans"),
            _words("the second line, the ramp-up, the plant shutdown, the supplier change"),
            _titles("Production Planner, Plant Manager", "Director Supply Chain, Head of Quality", "COO, CEO"),
        ),
        Industry(
            "finance",
            "Finance",
            _words("payment run, reconciliation report, client list, fee table, limit report, audit extract"),
            _words("branch, back office, service centre, trading floor"),
            _words("payments on hold, breaks in the reconciliation, old limits, fees charged twice"),
            _words("the quarter close, the fee review, the audit, the new service centre"),
            _titles("Operations Manager, Controller", "Head of Operations, Finance Director", "CFO, Partner"),
        ),
        Industry(
            "agriculture",
            "Agriculture",
            _words("harvest forecast, field list, grain intake report, machine roster, seed order, quality sheet"),
            _words("farm, silo, packing house, greenhouse, grain terminal"),
            _words("intake without weights, fields on the wrong list, late machine rosters, mixed qualities"),
            _words("the harvest, the seed order, the new silo, the packing season"),
            _titles("Farm Manager, Intake Manager", "Head of Cooperatives, Commercial Director", "Chair, CEO"),
        ),
    )
}
