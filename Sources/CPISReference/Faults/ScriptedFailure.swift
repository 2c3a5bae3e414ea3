public import CPIS

/// The error of a port, for faults that throw it.
public protocol ScriptedFailure: Error, Hashable, Sendable {
  /// One error for each cause that the SDK names.
  static var everyCause: [Self] { get }

  /// What a slow call throws when it is cancelled while it waits.
  static var ofCancelledWait: Self { get }
}

extension RegistryError: ScriptedFailure {
  /// One error for each cause, and one cause that only a client of its own would name.
  public static var everyCause: [RegistryError] {
    [
      RegistryError(.unavailable), RegistryError(.timedOut),
      RegistryError(.tooManyRequests, retryAfter: .seconds(30)), RegistryError(.accessDenied),
      RegistryError(.unusableAnswer), RegistryError(.requestRejected), RegistryError(.cancelled),
      RegistryError(.other), RegistryError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// The call was cancelled.
  public static var ofCancelledWait: RegistryError { RegistryError(.cancelled) }
}

extension CacheError: ScriptedFailure {
  /// One error for each cause, and one cause that only a cache of its own would name.
  public static var everyCause: [CacheError] {
    [
      CacheError(.unavailable), CacheError(.corrupted), CacheError(.full), CacheError(.timedOut),
      CacheError(.other),
      CacheError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// It did not answer in time.
  public static var ofCancelledWait: CacheError { CacheError(.timedOut) }
}

extension VisitMemoryError: ScriptedFailure {
  /// One error for each cause, and one cause that only a memory of its own would name.
  public static var everyCause: [VisitMemoryError] {
    [
      VisitMemoryError(.unavailable), VisitMemoryError(.corrupted), VisitMemoryError(.full),
      VisitMemoryError(.timedOut), VisitMemoryError(.other), VisitMemoryError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// It did not answer in time.
  public static var ofCancelledWait: VisitMemoryError { VisitMemoryError(.timedOut) }
}

extension SinkError: ScriptedFailure {
  /// One error for each cause, and one cause that only a sink of its own would name.
  public static var everyCause: [SinkError] {
    [
      SinkError(.unavailable, retryAfter: .seconds(30)), SinkError(.full), SinkError(.timedOut),
      SinkError(.rejected), SinkError(.other), SinkError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// It did not answer in time.
  public static var ofCancelledWait: SinkError { SinkError(.timedOut) }
}
