"""What Hark concludes: fitted models, each account's rhythm and health, today and on past days, and known quiet."""

from health.models.feeds import FeedRhythm, FeedStop
from health.models.history import BandChange, HealthDay, PortfolioDay
from health.models.model_versions import AlarmBudget, ModelVersion
from health.models.next_actions import NextAction
from health.models.patterns import Rhythm, TalkPattern
from health.models.portfolio_columns import PortfolioColumn, PortfolioMark
from health.models.quiet import QuietDays, QuietPeriod, Snooze
from health.models.runs import ScoreRun, TrustReport
from health.models.saved_views import SavedView
from health.models.scores import AccountHealth
from health.models.tallies import BandTally, RenewalTally
from health.models.touch_months import ChannelFamily, TouchMonth
from health.models.words import Band, Series, Signal

__all__ = [
    "AccountHealth",
    "AlarmBudget",
    "Band",
    "BandChange",
    "BandTally",
    "ChannelFamily",
    "FeedRhythm",
    "FeedStop",
    "HealthDay",
    "ModelVersion",
    "NextAction",
    "PortfolioColumn",
    "PortfolioDay",
    "PortfolioMark",
    "QuietDays",
    "QuietPeriod",
    "RenewalTally",
    "Rhythm",
    "SavedView",
    "ScoreRun",
    "Series",
    "Signal",
    "Snooze",
    "TalkPattern",
    "TouchMonth",
    "TrustReport",
]
