import CPISOutbox
import Foundation

/// `cpis outbox retry`: a parked notice is tried again.
struct OutboxRetryCommand: Command {
  static let words = ["outbox", "retry"]
  static let summary = "have a parked notice tried again, in a folder that no outbox has open"
  static let help = """
    cpis outbox retry FOLDER KIND ID [--json]

    The parked notice counts as pending again, with no tries, and is delivered once an outbox opens the folder.
    \(OutboxDecision.commonHelp)
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    try await OutboxDecision.retry.run(words, console)
  }
}

/// `cpis outbox discard`: a parked notice is given up.
struct OutboxDiscardCommand: Command {
  static let words = ["outbox", "discard"]
  static let summary = "give a parked notice up, in a folder that no outbox has open"
  static let help = """
    cpis outbox discard FOLDER KIND ID [--json]

    The parked notice is given up: it will NOT be delivered, it counts as discarded, and its payload is erased. That
    cannot be undone. Tell whoever should have had it in another way.
    \(OutboxDecision.commonHelp)
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    try await OutboxDecision.discard.run(words, console)
  }
}

/// What a person decides about a parked notice.
private enum OutboxDecision: String {
  case retry = "retried"
  case discard = "discarded"

  static let commonHelp = """
    KIND and ID are those that 'cpis outbox inspect FOLDER' shows. It says what it did, and names no patient.
    While an outbox has the folder open nothing is changed: decide there, with Outbox.retry(_:) or Outbox.discard(_:), or
    stop it first. Nothing is changed either in a folder that is damaged or not trusted. Run it as the folder's owner.

      --json   write what was done, or the error, as JSON

    Exit codes: 0 done · 1 the folder is damaged or not trusted · 2 wrong usage ·
                4 no readable outbox there, it is open elsewhere, or no such notice is parked ·
                6 done, but that could not be written
    """

  /// As many as a store ever remembers: one opened with fewer would forget the rest.
  private static let everyDelivery = 10_000_000

  func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: ["--json": .none])
    guard arguments.rest.count == 3 else { throw .usage("give a folder, a kind and an id") }
    let folder = arguments.rest[0]
    guard let kind = OutboxItem.Kind.allCases.first(where: { $0.code == arguments.rest[1] }) else {
      let kinds = OutboxItem.Kind.allCases.map(\.code).joined(separator: ", ")
      throw .usage("\(Repeating.told("no such kind", arguments.rest[1])); the kinds are \(kinds)")
    }
    guard let id = UUID(uuidString: arguments.rest[2]) else { throw .usage("the id is not a UUID (not repeated)") }
    let report = try await make(OutboxItem.Key(kind: kind, id: id), in: folder)
    if arguments.has("--json") {
      try console.write(json: report)
    } else {
      try console.write(report.text, self == .discard ? .caution : nil)
    }
    return .success
  }

  private func make(_ key: OutboxItem.Key, in folder: String) async throws(CommandFailure) -> DecisionReport {
    // Looked at first: opening makes a journal where there is none, and mends one that is damaged.
    let journal = try OutboxFolderReading.inspect(folder: folder)
    if journal.verdict == .damaged || journal.verdict == .notTrusted {
      let why = journal.findings.first { $0.isDamage || $0.code.hasPrefix("notTrusted") }
      throw CommandFailure(
        exitCode: .faultsFound, code: journal.verdict.code,
        message:
          "\(Repeating.path(folder)): \(journal.verdict == .damaged ? "damaged" : "not trusted"), so nothing was "
          + "changed\(why.map { ": \($0)" } ?? "")")
    }
    do throws(OutboxError) {
      let store = try await FileOutboxStore.open(folder: folder, rememberedDeliveries: Self.everyDelivery)
      do throws(OutboxError) {
        let report = try await make(key, folder, store)
        await store.close()
        return report
      } catch {
        await store.close()
        throw error
      }
    } catch {
      if error.code == .unknownItem {
        let isHeld = journal.items.contains { $0.key == key }
        throw .unreadable(
          error.code.rawValue,
          "\(Repeating.path(folder)): \(key) "
            + (isHeld ? "is not parked: it is still to be delivered" : "is no such notice held there"))
      }
      throw OutboxFolderReading.failure(folder, error)
    }
  }

  private func make(_ key: OutboxItem.Key, _ folder: String, _ store: FileOutboxStore) async throws(OutboxError)
    -> DecisionReport
  {
    guard let item = try await store.contents().items.first(where: { $0.key == key }), let parking = item.parked
    else { throw OutboxError(.unknownItem) }
    var isErased = true
    switch self {
    case .retry: try await store.apply([.retried(key)])
    case .discard:
      try await store.apply([.discarded(key)])
      do throws(OutboxError) { try await store.erase() } catch { isErased = false }
    }
    return DecisionReport(
      decision: rawValue, kind: key.kind.code, id: key.id.uuidString, wasParkedFor: parking.reason.rawValue,
      wasParkedSince: parking.since, tries: item.tries.count, isPayloadErased: self == .discard ? isErased : nil)
  }
}

/// What was done, as JSON and in words.
private struct DecisionReport: Encodable {
  let decision, kind, id, wasParkedFor: String
  let wasParkedSince: Date
  let tries: UInt32
  /// Only for one that was discarded. Otherwise the next outbox that has nothing else to do erases it.
  let isPayloadErased: Bool?

  var text: String {
    let what = "\(kind) \(id) (parked: \(wasParkedFor), after \(tries) \(tries == 1 ? "try" : "tries"))"
    guard decision == "discarded" else {
      return "Retried: \(what). It will be tried again once an outbox opens the folder."
    }
    return "DISCARDED: \(what). It will NOT be delivered. "
      + (isPayloadErased == true
        ? "Its payload is erased." : "Its payload is still to be erased: the next outbox does it.")
  }
}
