import CPISOutbox
import Foundation

/// `cpis outbox inspect`: what an outbox holds, without a patient.
struct OutboxInspectCommand: Command {
  static let words = ["outbox", "inspect"]
  static let summary = "show what an outbox's folder holds, without a patient"
  static let help = """
    cpis outbox inspect FOLDER

    Shows how many items were accepted, delivered and parked, how many are pending, how old the oldest are, each parked item with
    its reason, the segments of the journal, and whatever damage there is. It changes nothing, takes nothing away from an
    outbox that has the folder open, and writes nothing of a patient: items are shown by kind and id.

    Exit codes: 0 sound · 1 damaged, not trusted, or bytes set aside · 2 wrong call · 4 no readable outbox there
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: [:])
    guard arguments.rest.count == 1 else { throw .usage("give one folder") }
    let folder = arguments.rest[0]
    do throws(OutboxError) {
      let inspection = try OutboxInspection.inspect(folder: folder)
      console.write(inspection.displayText(at: Date()), inspection.isSound ? nil : .caution)
      return inspection.isSound ? .success : .faultsFound
    } catch {
      throw .unreadable("\(Repeating.path(folder)): \(error.whyNotRead)")
    }
  }
}
