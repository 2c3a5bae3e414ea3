public import NHSNumbers

/// A check that found no plan under the number it asked about.
///
/// Children whose record is sensitive, whose number was superseded, or who have just moved, all look like this.
public struct NoPlanRecorded: Hashable, Sendable {
  /// The access made by this check. The registry keeps none where it holds no plan.
  public let access: Access
  /// Where the answer comes from, and how old it is.
  public let origin: AnswerOrigin
  /// Whether the check still has to be declared: one answered from a cache does, since a plan may have come since.
  public let authorityTold: NotificationStatus

  /// Makes the outcome of a check, as the service does; for a host's own tests.
  public init(access: Access, origin: AnswerOrigin, authorityTold: NotificationStatus) {
    self.access = access
    self.origin = origin
    self.authorityTold = authorityTold
  }

  /// The number asked about.
  public var patient: NHSNumber { access.patient }
}

extension NoPlanRecorded: Redacting {}

extension NoPlanRecorded {
  /// The finding in a line.
  public var headline: String {
    switch origin.source {
    case .registry: "No plan recorded under this number"
    case .freshCache, .cacheWhileRegistryDown, .earlierInVisit:
      "No plan was recorded under this number earlier; not checked with the registry now"
    }
  }

  /// What is to be said about telling the local authority, in case a plan has come since the answer was kept; `nil` when
  /// that is nothing: nothing is due, or it is under way.
  public var authorityText: String? {
    switch authorityTold {
    case .notDue, .declared, .alreadyTold: nil
    case .entrusted, .heldInMemory, .underWay, .notTold:
      TextBuilder.text(capacity: 100) { $0.addAuthorityText(authorityTold, authorities: nil) }
    }
  }

  /// The finding, what it does not mean, and its time, for a clinician to read.
  public var displayText: String {
    TextBuilder.text(capacity: 240) {
      $0.add(headline)
      $0.add(". ")
      $0.addForDisplay(origin)
      $0.add("\nThis does not mean that the child is not at risk.")
      $0.add(" For a newborn baby, check the mother's number too.")
      if let authorityText {
        $0.add("\n")
        $0.add(authorityText)
      }
    }
  }
}
