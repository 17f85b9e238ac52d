//! The known keys of front matter and what sort of value each holds. It must not read or write any.

/// The keys that this program reads and writes; all others belong to somebody else and survive a rewrite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// The incident, `INC-2026-0042`.
    Id,
    /// What happened, in a few words.
    Title,
    /// The day it happened (UTC).
    Date,
    /// The severity at the end, from the profile.
    Severity,
    /// `real`, `drill`, `test` or `backfilled`.
    Kind,
    /// `draft` or `published`; after that where the review stands, when somebody said it.
    Status,
    /// Who answers for the document.
    Owner,
    /// The day on which it is talked about.
    Meeting,
    /// Who wrote it (list).
    Authors,
    /// Who reviewed it (list).
    Reviewers,
    /// `team`, `restricted` or `privileged`.
    Visibility,
    /// The services that were hit (list).
    Services,
    /// Free words to find it by (list).
    Tags,
    /// The impact in one line.
    Impact,
    /// What showed the incident first.
    Detection,
    /// `confirmed`, `false-alarm`, `duplicate-of INC`, `near-miss`.
    Disposition,
    /// Milestone: it began (UTC).
    Started,
    /// Milestone: it was noticed (UTC).
    Detected,
    /// Milestone: the responder took it (UTC).
    Acknowledged,
    /// Milestone: it could do no more harm (UTC).
    Contained,
    /// Milestone: users no longer felt it (UTC).
    Mitigated,
    /// Milestone: it was over (UTC).
    Resolved,
    /// Who commanded last.
    Commander,
    /// The ids of its improvement stories (list).
    Improvements,
    /// Other incidents and documents (list).
    Related,
    /// The head of the log when publishing began: `<seq> <hex>`.
    TimelineHead,
}

impl Key {
    /// All known keys, in the order in which a draft writes them.
    pub const ALL: [Self; 26] = [
        Self::Id,
        Self::Title,
        Self::Date,
        Self::Severity,
        Self::Kind,
        Self::Status,
        Self::Owner,
        Self::Meeting,
        Self::Authors,
        Self::Reviewers,
        Self::Visibility,
        Self::Services,
        Self::Tags,
        Self::Impact,
        Self::Detection,
        Self::Disposition,
        Self::Started,
        Self::Detected,
        Self::Acknowledged,
        Self::Contained,
        Self::Mitigated,
        Self::Resolved,
        Self::Commander,
        Self::Improvements,
        Self::Related,
        Self::TimelineHead,
    ];

    /// The key as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Date => "date",
            Self::Severity => "severity",
            Self::Kind => "kind",
            Self::Status => "status",
            Self::Owner => "owner",
            Self::Meeting => "meeting",
            Self::Authors => "authors",
            Self::Reviewers => "reviewers",
            Self::Visibility => "visibility",
            Self::Services => "services",
            Self::Tags => "tags",
            Self::Impact => "impact",
            Self::Detection => "detection",
            Self::Disposition => "disposition",
            Self::Started => "started",
            Self::Detected => "detected",
            Self::Acknowledged => "acknowledged",
            Self::Contained => "contained",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Commander => "commander",
            Self::Improvements => "improvements",
            Self::Related => "related",
            Self::TimelineHead => "timeline_head",
        }
    }

    /// Whether the value is a list.
    pub(super) const fn is_list(self) -> bool {
        matches!(
            self,
            Self::Authors
                | Self::Reviewers
                | Self::Services
                | Self::Tags
                | Self::Improvements
                | Self::Related
        )
    }

    /// Whether the value is an instant.
    pub(super) const fn is_instant(self) -> bool {
        matches!(
            self,
            Self::Started
                | Self::Detected
                | Self::Acknowledged
                | Self::Contained
                | Self::Mitigated
                | Self::Resolved
        )
    }
}
