import CPIS
import CPISOutbox
import Foundation
import Testing

@Suite("Outbox: texts of errors")
struct ErrorTextTests {
  private static let errors: [any Error] = [
    OutboxError(.full), OutboxError(.identityInUse), DeliveryError(.timedOut),
    DeliveryError(.tooManyRequests, retryAfter: .seconds(90)),
  ]

  @Test("An error says the same through localizedDescription, also when it came through any Error")
  func localized() {
    for error in Self.errors {
      #expect(error.localizedDescription == "\(error)")
      #expect((error as NSError).localizedDescription == "\(error)")
    }
    #expect(Self.errors.map(\.localizedDescription).first == "outbox: full")
  }
}
