#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Notices that the sink would not take, oldest first, until it does.
struct HeldNotices {
  /// What became of a notice that was to be kept.
  enum Decision {
    /// It is kept, and somebody must start offering.
    case startOffering
    /// It is kept, and is being offered already.
    case kept
    /// There is no room.
    case refused
  }

  private var notices: [Notice] = []
  private var ids: Set<UUID> = []
  private var isOffering = false

  var count: Int { notices.count }

  /// Keeps a notice, once for its identity.
  mutating func hold(_ notice: Notice, limit: Int) -> Decision {
    if !ids.contains(notice.id) {
      guard notices.count < limit else { return .refused }
      notices.append(notice)
      ids.insert(notice.id)
    }
    defer { isOffering = true }
    return isOffering ? .kept : .startOffering
  }

  /// The notice to offer next; `nil` when none is left, and the offering ends.
  mutating func next() -> Notice? {
    if notices.isEmpty { isOffering = false }
    return notices.first
  }

  /// Ends the offering with notices left.
  mutating func pauseOffering() { isOffering = false }

  /// Takes a notice out.
  mutating func drop(_ notice: Notice) -> Int {
    notices.removeAll { $0.id == notice.id }
    ids.remove(notice.id)
    return notices.count
  }
}
