import CPIS
import Foundation
import NHSNumbers
import Testing

@Suite("Errors in words")
struct LocalizedErrorTests {
  static let errors: [any Error & CustomStringConvertible & Sendable] = [
    InvalidValue("visit id", must: "not be blank"), RegistryError(.tooManyRequests, retryAfter: .seconds(3)),
    CacheError(.corrupted), VisitMemoryError(.timedOut), SinkError(.full), SealerError(.keyUnavailable),
    StoredFormError(.malformed, at: "time"), UploadFault(.nhsNumberMissing, at: .subject(0)),
    NHSNumber.ParseError.checkDigitMismatch, NHSNumberColumn.ReadingError.columnMissing,
  ]

  @Test("What hosts log and show by habit says what the error says", arguments: errors)
  func localized(error: any Error & CustomStringConvertible & Sendable) {
    #expect((error as any Error).localizedDescription == error.description)
  }

  @Test("So do the errors that only the index can make")
  func ofTheIndex() throws {
    let number = try NHSNumber(parsing: "999 000 0026")
    let duplicate = #expect(throws: NHSNumberIndex.DuplicateNumbers.self) {
      _ = try NHSNumberTable([(number, 1), (number, 2)])
    }
    #expect((duplicate as (any Error)?)?.localizedDescription == duplicate?.description)
    let missing = #expect(throws: SnapshotError.self) { _ = try NHSNumberIndex(snapshotAt: "/nowhere") }
    #expect((missing as (any Error)?)?.localizedDescription == missing?.description)
  }
}
