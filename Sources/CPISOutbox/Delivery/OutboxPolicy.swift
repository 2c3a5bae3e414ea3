/// How an outbox delivers, and how much it takes.
public struct OutboxPolicy: Hashable, Sendable {
  /// The wait after a first failure; it doubles with each further one. Half of it is random.
  public var firstRetry: Duration = .seconds(1)

  /// The longest wait between tries that nobody asked for. Five minutes: a declaration should reach the registry
  /// within minutes of its return.
  public var longestRetry: Duration = .seconds(300)

  /// The longest wait that a receiver may ask for. A day: a wrong answer must not silence the outbox for ever.
  public var longestRetryAfter: Duration = .seconds(86_400)

  /// After so many tries that count against the item it is parked. A try counts when the receiver took others
  /// between it and the one before, whatever the error: what fails for all says nothing against one. A rejected item
  /// is parked at once, and a payload that is not what was sealed counts each time.
  public var triesBeforeParking: UInt32 = 8

  /// The age at which an item is parked although nothing else is taken to compare it with, so that it does not hold
  /// the later ones of its patient back for ever: once it failed ``triesBeforeParking`` times in a row, tries of an
  /// earlier process included, with no outage of the receiver between, or because its sealer's key is away.
  /// A week: a credential that expired before a long weekend is renewed within it.
  public var ageBeforeParking: Duration = .seconds(7 * 86_400)

  /// How many deliveries may be under way at once. Each kind of notice may always have one, beyond this number if
  /// need be: a registry that hangs does not hold a safeguarding notice.
  public var concurrentDeliveries = 4

  /// How long delivered payloads may stay on the disk while nothing is due. It is looked at once a second at most.
  public var erasureDelay: Duration = .seconds(60)

  /// How much is taken.
  public var limits = Limits()

  /// Makes the usual policy.
  public init() {}

  /// How much an outbox takes. At a limit it refuses, and says so.
  public struct Limits: Hashable, Sendable {
    /// Items pending and parked.
    public var items = 100_000
    /// Bytes of their payloads, sealed. They are held in memory too.
    public var bytes = 64 << 20
    /// Bytes of one payload, sealed. At most 15 MiB.
    public var itemBytes = 1 << 20
    /// New items are refused once the oldest pending one is older. `nil` for no limit, as refusing new accesses
    /// because old ones are stuck loses what could be kept; set it where undelivered data must not grow old unseen.
    public var age: Duration?
    /// What happens at the limit of items or bytes.
    public var whenFull = WhenFull.refuse

    /// Makes the usual limits.
    public init() {}
  }

  /// What happens at the limit of items or bytes.
  public enum WhenFull: Hashable, Sendable {
    /// Nothing more is taken, and whoever offers is told.
    case refuse
    /// The oldest parked items are discarded for new ones, and counted so. Pending items never are.
    case discardOldestParked
  }
}

extension OutboxPolicy {
  /// The wait after a number of failures in a row.
  ///
  /// - Parameter random: from 0 to 1.
  func backoff(failures: UInt32, retryAfter: Duration?, random: Double) -> Duration {
    let doubled = firstRetry * Int(1 << min(max(failures, 1) - 1, 20))
    let longest = min(doubled, longestRetry)
    let jittered = longest * (0.5 + 0.5 * min(max(random, 0), 1))
    guard let retryAfter, retryAfter > .zero else { return jittered }
    // At least what was asked for, and a little more, or all would come back at the same moment.
    return max(jittered, min(retryAfter, longestRetryAfter) + jittered * 0.1)
  }
}
