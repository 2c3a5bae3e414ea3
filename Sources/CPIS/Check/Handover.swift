/// What became of something that somebody must be told.
public enum Handover: Hashable, Sendable, CaseIterable {
  /// Nothing was due: scheduled care, no plan, nobody to tell about, or turned off by policy.
  case notDue
  /// The registry took it. Where it holds no plan it keeps nothing and tells nobody.
  case declared
  /// An earlier check of the same visit told of it: the registry found a plan, and has the access.
  case alreadyTold
  /// The sink took it over and answers for it.
  case entrusted
  /// Neither registry nor sink took it. The service keeps it in memory and offers it again; it is lost if the
  /// process ends first.
  case heldInMemory
  /// It was not told and will not be: the registry refused the author, the sink refused the notice, or memory was full.
  /// Tell by phone.
  case notTold
}

extension Handover {
  /// The status as a stable word, for logs and metrics.
  public var code: String {
    switch self {
    case .notDue: "notDue"
    case .declared: "declared"
    case .alreadyTold: "alreadyTold"
    case .entrusted: "entrusted"
    case .heldInMemory: "heldInMemory"
    case .notTold: "notTold"
    }
  }

  /// What a clinician needs to know about telling the local authority; `nil` when that is nothing.
  ///
  /// - Parameter authorities: how many authorities have a plan; `nil` when it is not known whether any has.
  func authorityText(authorities: Int?) -> String? {
    let (noun, has, are) = authorities ?? 1 > 1 ? ("authorities", "have", "are") : ("authority", "has", "is")
    let subject = (authorities == nil ? "If a plan is recorded, the" : "The") + " local \(noun)"
    return switch self {
    case .notDue: nil
    case .declared, .alreadyTold: "\(subject) \(are) being told of this visit."
    case .entrusted: "\(subject) will be told of this visit when the registry can be reached."
    case .heldInMemory: "\(subject) \(has) not been told of this visit yet. If you have a concern, ring them."
    case .notTold: "\(subject) \(has) NOT been told of this visit. If you have a concern, ring them."
    }
  }

  /// What a clinician needs to know about telling the trust's safeguarding team of a plan; `nil` when that is nothing.
  var safeguardingText: String? {
    switch self {
    case .notDue, .declared, .alreadyTold, .entrusted: nil
    case .heldInMemory: "Your trust's safeguarding team has not been told of this plan yet. Ring them."
    case .notTold: "Your trust's safeguarding team has NOT been told of this plan. Ring them."
    }
  }
}
