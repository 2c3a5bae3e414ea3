#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// A notice as a store keeps it: an identity that holds nothing of the patient, and bytes that it cannot read.
public struct OutboxItem: Hashable, Sendable {
  /// What tells one item from another: the notice's id, and its kind, as a host may give a safeguarding notice
  /// the trace id of the access it tells of.
  public struct Key: Hashable, Sendable {
    /// The kind of notice.
    public let kind: Kind
    /// The `Notice.id` of the notice.
    public let id: UUID

    /// Makes a key.
    public init(kind: Kind, id: UUID) {
      self.kind = kind
      self.id = id
    }
  }

  /// The kinds of notice, as the journal numbers them.
  @nonexhaustive
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    /// For the trust's own safeguarding team.
    case safeguarding = 1
    /// For the registry: an access it could not be told of at the time.
    case undeclaredAccess = 2
    /// For a local authority: accesses in a time window.
    case accessToService = 3
    /// For a local authority: a number no longer in use.
    case inactiveNumber = 4
  }

  /// Its identity.
  public let key: Key
  /// When it was accepted, to the millisecond.
  public let acceptedAt: Date
  /// The notice, sealed when the outbox has a sealer. A store keeps it as it is.
  public let payload: Payload
  /// How often it was tried, and when next.
  public var tries: Tries
  /// Why and since when it is parked; `nil` while it is to be delivered.
  public var parked: Parking?

  /// Makes an item that was never tried.
  public init(
    key: Key, acceptedAt: Date, payload: Payload, tries: Tries = Tries(), parked: Parking? = nil
  ) {
    self.key = key
    self.acceptedAt = acceptedAt
    self.payload = payload
    self.tries = tries
    self.parked = parked
  }
}

// The payload holds a patient in clear when there is no sealer.
extension OutboxItem: Redacting {}

extension OutboxItem {
  /// The notice's bytes, and the key that they were sealed with.
  public struct Payload: Hashable, Sendable, Redacting {
    /// Which key of the sealer; empty when the bytes are not sealed. At most 255 bytes of UTF-8. It is on the disk in
    /// clear, and an inspection shows it: nothing of a patient belongs in it.
    public let keyID: String
    /// The bytes.
    public let bytes: [UInt8]

    /// Makes a payload.
    public init(keyID: String, bytes: [UInt8]) {
      self.keyID = keyID
      self.bytes = bytes
    }
  }

  /// The tries at delivery so far.
  public struct Tries: Hashable, Sendable {
    /// How many there were.
    public var count: UInt32
    /// How many of them count against the item itself, not against a receiver that could not be reached.
    public var faults: UInt32
    /// The next does not come before this instant; `nil` when it may come now.
    public var nextNotBefore: Date?

    /// Makes a record of tries; none unless given.
    public init(count: UInt32 = 0, faults: UInt32 = 0, nextNotBefore: Date? = nil) {
      self.count = count
      self.faults = faults
      self.nextNotBefore = nextNotBefore
    }
  }

  /// Why an item is no longer tried.
  public struct Parking: Hashable, Sendable {
    /// Why.
    public let reason: DeliveryError.Code
    /// Since when.
    public let since: Date

    /// Makes a record of parking. A reason that is no word of ours is kept as ``DeliveryError/Code/other``: a
    /// host's own word may hold a patient, and this goes to disk in clear.
    public init(reason: DeliveryError.Code, since: Date) {
      self.reason = reason.storable
      self.since = since
    }
  }
}

extension OutboxItem.Kind {
  /// The kind as a stable word, for logs and programs.
  public var code: String {
    switch self {
    case .safeguarding: "safeguarding"
    case .undeclaredAccess: "undeclaredAccess"
    case .accessToService: "accessToService"
    case .inactiveNumber: "inactiveNumber"
    }
  }
}

extension OutboxItem.Key: CustomStringConvertible {
  /// Kind and id: `undeclaredAccess 3F2504E0-…`.
  public var description: String { "\(kind.code) \(id.uuidString)" }
}
