public import CPIS
public import NHSNumbers

/// Hashes a patient's number with a key that the host keeps, so that the log can be searched by those who have the
/// key, and tells nobody else anything.
///
/// **To implement it**: HMAC-SHA256 with a key of 32 random bytes that is kept away from the log. A hash without a
/// key is not enough: there are only a thousand million numbers, and all can be tried in a minute.
public protocol PatientHasher: Sendable {
  /// The keyed hash of a number, 16 to 64 bytes.
  ///
  /// Hash the ten ASCII digits of `patient.wireForm`. If the key may ever change, put its number into the first byte,
  /// and keep old keys as long as the log: to find a patient, hash the number with each key and search for that. It is
  /// called on the task that records an entry.
  /// - Throws: `SealerError` when the key is unavailable; the entry is then not written.
  func hash(_ patient: NHSNumber) throws(SealerError) -> [UInt8]
}
