#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

// `localizedDescription`, which hosts log and show by habit, says what `description` says; without this it says "The
// operation could not be completed". The errors of `NHSNumbers` are here too, as that module does without Foundation.

extension InvalidValue: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension RegistryError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension CacheError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension VisitMemoryError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension SinkError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension SealerError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension StoredFormError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension UploadFault: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension NHSNumber.ParseError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension NHSNumberColumn.ReadingError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension NHSNumberIndex.DuplicateNumbers: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}

extension SnapshotError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}
