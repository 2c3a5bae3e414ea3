internal import CPIS

/// How an outbox delivers, and how much it takes.
public struct OutboxPolicy: Hashable, Sendable {
  /// The wait after a first failure; it doubles with each further one. Half of it is random. At least 100 ms.
  public var firstRetry: Duration = .seconds(1)

  /// The longest wait between tries unless the receiver asks for a longer one. Five minutes: a declaration should reach
  /// the registry within minutes of its return. At least ``firstRetry``, at most a year.
  public var longestRetry: Duration = .seconds(300)

  /// The longest wait that a receiver may ask for. A day: a wrong answer must not silence the outbox for ever. A
  /// restart does not remember what was asked for. Zero for no such wait, at most a year.
  public var longestRetryAfter: Duration = .seconds(86_400)

  /// An item is parked after so many tries that count against it. A try counts if the receiver took other items since
  /// the try before, whatever the error: what fails for all says nothing against one. A rejected item is parked at
  /// once, and a payload that is not what was sealed counts each time. At least 1.
  public var triesBeforeParking: UInt32 = 8

  /// The age at which an item is parked even if the receiver takes no other to compare it with, so that it does not
  /// hold back the later ones of its patient for ever. It must have failed ``triesBeforeParking`` times in a row,
  /// including tries of an earlier process, with no outage of the receiver between, or because its sealer's key was
  /// away. A week: a credential that expired before a long weekend is renewed within it. Not negative.
  public var ageBeforeParking: Duration = .seconds(7 * 86_400)

  /// How many deliveries may be under way at once. Each kind of notice may always have one, beyond this number if
  /// need be: a registry that hangs does not hold up a safeguarding notice. 1 to 1,000.
  public var concurrentDeliveries = 4

  /// How long delivered payloads may stay on the disk while nothing is due. It is looked at once a second at most. Not
  /// negative.
  public var erasureDelay: Duration = .seconds(60)

  /// How much is taken.
  public var limits = Limits()

  /// Makes the usual policy.
  public init() {}

  /// How much an outbox takes. At a limit it refuses notices, and says so.
  public struct Limits: Hashable, Sendable {
    /// Items pending and parked. At least 1.
    public var items = 100_000
    /// Bytes of their payloads, sealed. They are held in memory too. At least 1.
    public var bytes = 64 << 20
    /// Bytes of one payload, sealed. From 1 to 15 MiB, as a ``FileOutboxStore`` makes changes of up to 16 MiB at once.
    public var itemBytes = 1 << 20
    /// New items are refused once the oldest pending one is older. `nil` for no limit, as refusing new accesses
    /// because old ones are stuck loses what could be kept; set it where undelivered data must not grow old unseen.
    /// Longer than zero.
    public var age: Duration?
    /// What happens at the limit of items or bytes.
    public var whenFull = WhenFull.refuse

    /// Makes the usual limits.
    public init() {}

    /// The bytes that ``itemBytes`` may be at most.
    package static let longestItem = 15 << 20
  }

  /// What happens at the limit of items or bytes.
  @nonexhaustive
  public enum WhenFull: Hashable, Sendable {
    /// Nothing more is taken, and the caller is told.
    case refuse
    /// The oldest parked items are discarded for new ones, and counted so. Pending items never are.
    case discardOldestParked
  }
}

extension OutboxPolicy {
  private static let year = Duration.seconds(365 * 86_400)

  /// - Throws: `InvalidValue` when a value makes no sense.
  func validate() throws(InvalidValue) {
    // Less would ask a receiver that is down thousands of times a second.
    guard firstRetry >= .milliseconds(100) else {
      throw InvalidValue("OutboxPolicy.firstRetry", must: "be 100 ms or more")
    }
    guard longestRetry >= firstRetry else {
      throw InvalidValue("OutboxPolicy.longestRetry", must: "be firstRetry or longer")
    }
    guard longestRetry <= Self.year else {
      throw InvalidValue("OutboxPolicy.longestRetry", must: "be a year or less")
    }
    guard longestRetryAfter >= .zero, longestRetryAfter <= Self.year else {
      throw InvalidValue("OutboxPolicy.longestRetryAfter", must: "be from zero to a year")
    }
    // With none an outage would park everything.
    guard triesBeforeParking >= 1 else {
      throw InvalidValue("OutboxPolicy.triesBeforeParking", must: "be 1 or more")
    }
    guard ageBeforeParking >= .zero else {
      throw InvalidValue("OutboxPolicy.ageBeforeParking", must: "not be negative")
    }
    guard (1...1_000).contains(concurrentDeliveries) else {
      throw InvalidValue("OutboxPolicy.concurrentDeliveries", must: "be 1 to 1,000")
    }
    guard erasureDelay >= .zero else { throw InvalidValue("OutboxPolicy.erasureDelay", must: "not be negative") }
    try limits.validate()
  }

  /// The longest wait that ``backoff(failures:retryAfter:random:)`` gives unless a receiver asks for a longer one, with
  /// room for rounding.
  func longestBackoff(failures: UInt32) -> Duration {
    backoff(failures: failures, retryAfter: nil, random: 1) + .milliseconds(2)
  }

  /// The wait after a number of failures in a row.
  ///
  /// - Parameter random: from 0 to 1.
  func backoff(failures: UInt32, retryAfter: Duration?, random: Double) -> Duration {
    let doubled = firstRetry * Int(1 << min(max(failures, 1) - 1, 20))
    let longest = min(doubled, longestRetry)
    // In this order, as what is no number then counts as 0.
    let jittered = longest * (0.5 + 0.5 * min(1, max(0, random)))
    guard let retryAfter, retryAfter > .zero else { return jittered }
    // At least what was asked for, and a little more: otherwise all would come back at the same moment.
    return max(jittered, min(retryAfter, longestRetryAfter) + jittered * 0.1)
  }
}

extension OutboxPolicy.Limits {
  fileprivate func validate() throws(InvalidValue) {
    guard items >= 1 else { throw InvalidValue("OutboxPolicy.Limits.items", must: "be 1 or more") }
    guard bytes >= 1 else { throw InvalidValue("OutboxPolicy.Limits.bytes", must: "be 1 or more") }
    guard (1...Self.longestItem).contains(itemBytes) else {
      throw InvalidValue("OutboxPolicy.Limits.itemBytes", must: "be from 1 to \(Self.longestItem >> 20) MiB")
    }
    if let age, age <= .zero { throw InvalidValue("OutboxPolicy.Limits.age", must: "be longer than zero") }
  }
}
