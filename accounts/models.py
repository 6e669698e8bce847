"""Who works here and whom they look after: users, teams, segments, accounts and their contacts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone

from accounts.validators import validate_domain, validate_time_zone


class Team(models.Model):
    """A group of account managers under one or more leads."""

    name = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Segment(models.Model):
    """A class of accounts that is served alike, such as Enterprise."""

    name = models.CharField(max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in lists and charts.")

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may see and do; `accounts.access` is the only reader of these."""

    MANAGER = "manager", "Account manager"
    LEAD = "lead", "Team lead"
    EXECUTIVE = "executive", "Executive"
    ADMINISTRATOR = "administrator", "Administrator"


class Theme(models.TextChoices):
    SYSTEM = "system", "Like the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """Create a user who signs in with `email`; without a password nobody can sign in as them.

        Raises ValueError when the e-mail address is empty.
        """
        if not email:
            raise ValueError("email: a user needs an e-mail address to sign in with")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        fields.setdefault("role", Role.ADMINISTRATOR)
        fields["is_superuser"] = True
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the firm who signs in by e-mail address."""

    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MANAGER)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    is_active = models.BooleanField(
        default=True, help_text="Off for people who left: they keep their history but cannot sign in."
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[validate_time_zone], help_text="Empty: the firm's time zone."
    )
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    daily_capacity = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Flagged accounts per day; empty: all.",
    )
    list_settings = models.JSONField(
        default=dict,
        blank=True,
        help_text="How lists begin for this person, by name: `health.list_beginnings` reads and writes it.",
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["full_name"]

    class Meta:
        ordering: ClassVar = ["full_name"]
        constraints: ClassVar = [
            # Serves sign-in and matching the people named in an import; addresses differ only by case for nobody.
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_uniq"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="accounts_user_role_known"),
            models.CheckConstraint(
                condition=~Q(role=Role.LEAD) | Q(team__isnull=False), name="accounts_user_lead_has_team"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the admin pages open; Django asks for this name."""
        return self.is_active and (self.is_superuser or self.role == Role.ADMINISTRATOR)

    @property
    def initials(self) -> str:
        words = self.full_name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return self.is_staff or super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff or super().has_module_perms(app_label)


class AccountStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    CLOSED = "closed", "Closed"


class Account(models.Model):
    """A client firm. `team` may differ from the owner's team only while an account is being handed over."""

    name = models.CharField(max_length=200)
    external_id = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        help_text="The account's number in your CRM; imports match on it.",
    )
    owner = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_accounts",
        verbose_name="account manager",
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    arr = models.DecimalField(
        "ARR", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    renewal_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=AccountStatus.choices, default=AccountStatus.ACTIVE)
    closed_on = models.DateField(null=True, blank=True)
    agreed_cadence_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="The rhythm promised to the client.",
    )
    handover_note = models.TextField(
        blank=True, editable=False, help_text="What whoever looks after the account next must know."
    )
    handover_noted_at = models.DateTimeField(null=True, blank=True, editable=False)
    handover_noted_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            # Serves import matching by external id.
            models.UniqueConstraint(fields=["external_id"], name="accounts_account_external_id_uniq"),
            models.CheckConstraint(
                condition=Q(external_id__isnull=True) | ~Q(external_id=""),
                name="accounts_account_external_id_not_empty",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="accounts_account_name_not_empty"),
            models.CheckConstraint(
                condition=Q(arr__isnull=True) | Q(arr__gte=0), name="accounts_account_arr_not_negative"
            ),
            models.CheckConstraint(condition=Q(status__in=AccountStatus.values), name="accounts_account_status_known"),
            models.CheckConstraint(
                condition=Q(agreed_cadence_days__isnull=True) | Q(agreed_cadence_days__gte=1),
                name="accounts_account_agreed_cadence_positive",
            ),
        ]
        indexes: ClassVar = [
            # Serves import matching by name and the alphabetical account list.
            models.Index(Lower("name"), name="accounts_account_lower_name"),
            # Serves search as you type (`icontains` compares UPPER(name)); costs about 30 bytes a name.
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="accounts_account_name_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("account", args=[self.pk])


class AccountDomain(models.Model):
    """An e-mail domain of a client. Two accounts may share one (a group and its daughter): such mail names neither."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, validators=[validate_domain])

    class Meta:
        ordering: ClassVar = ["domain"]
        constraints: ClassVar = [
            # Serves import matching by domain; the domain leads.
            models.UniqueConstraint(fields=["domain", "account"], name="accounts_domain_account_uniq"),
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="accounts_domain_lower_case"),
        ]

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        self.domain = self.domain.strip().lower()


class Assignment(models.Model):
    """An account changed hands; written by `accounts.assignments` alone, whoever asked for the change."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    from_owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    assigned_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, help_text="Null: not by a person."
    )
    assigned_at = models.DateTimeField()
    origin = models.CharField(max_length=300, blank=True, help_text="What brought it when no person chose it.")

    class Meta:
        ordering: ClassVar = ["-assigned_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(from_owner__isnull=True) | Q(to_owner__isnull=True) | ~Q(from_owner=F("to_owner")),
                name="accounts_assignment_changes_owner",
            ),
            models.CheckConstraint(
                condition=Q(from_owner__isnull=False) | Q(to_owner__isnull=False),
                name="accounts_assignment_has_owner",
            ),
        ]
        indexes: ClassVar = [
            # Serves the account's stream.
            models.Index(fields=["account", "-assigned_at"], name="accounts_assignment_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.from_owner_id} to {self.to_owner_id}"


class Level(models.TextChoices):
    ANALYST = "analyst", "Analyst"
    MANAGER = "manager", "Manager"
    DIRECTOR = "director", "Director"
    EXECUTIVE = "executive", "Executive"


class Contact(models.Model):
    """A person at a client."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    title = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True)
    left_on = models.DateField(null=True, blank=True, help_text="Set when the person has left the client.")
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="predecessors",
        help_text="Who took over when the person left.",
    )

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            # Serves import matching by address; one person may be a contact of two accounts, hence the account.
            models.UniqueConstraint(
                Lower("email"), "account", condition=~Q(email=""), name="accounts_contact_email_account_uniq"
            ),
            models.UniqueConstraint(fields=["external_id"], name="accounts_contact_external_id_uniq"),
            models.CheckConstraint(condition=~Q(name=""), name="accounts_contact_name_not_empty"),
            models.CheckConstraint(
                condition=Q(level="") | Q(level__in=Level.values), name="accounts_contact_level_known"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | (Q(left_on__isnull=False) & ~Q(successor=F("id"))),
                name="accounts_contact_successor_after_leaving",
            ),
        ]
        indexes: ClassVar = [
            # Serves search over contacts as you type.
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="accounts_contact_name_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.left_on is None:
            self.successor = None
