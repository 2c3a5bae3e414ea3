/// What became of something that somebody must be told.
public enum Handover: Hashable, Sendable, CaseIterable {
  /// Nothing was due: scheduled care, no plan, nobody to tell about, or turned off by policy.
  case notDue
  /// The registry has it.
  case declared
  /// An earlier check of the same encounter told of it.
  case alreadyTold
  /// The sink took it over and answers for it.
  case entrusted
  /// Neither registry nor sink took it. The service keeps it in memory and offers it again; it is lost if the
  /// process ends first.
  case heldInMemory
  /// It was not told and will not be: the registry or the sink refused it, or memory was full. Tell by phone.
  case notTold
}

extension Handover {
  /// What a clinician needs to know about telling the local authority; `nil` when that is nothing.
  var authorityText: String? {
    switch self {
    case .notDue: nil
    case .declared, .alreadyTold: "The local authority is being told of this visit."
    case .entrusted: "The local authority will be told of this visit when the registry can be reached."
    case .heldInMemory:
      "The local authority has not been told of this visit yet. If you have a concern, ring them."
    case .notTold: "The local authority has NOT been told of this visit. If you have a concern, ring them."
    }
  }
}
