import CPIS
import NHSNumbers

// guide begins
/// What your code read from a reply; everything that the reply may lack is optional.
struct Reply: Sendable {
  var status = 200
  var patient: String?  // whom the reply itself says it is about
  var saysNoPlan = false  // the statement "none", never the mere absence of entries
  var plans: [Plan?] = []  // one for each entry; `nil` for one that cannot be read
  var accesses: [AccessHistory.Entry?] = []
}

struct NationalClient: RegistryClient {
  /// Yours: sends a request under the access's identity, and gives up by itself after a time.
  let send: @Sendable (Request, Access) async throws -> Reply

  enum Request { case plans, history, declaration }

  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    let reply = try await reply(to: .plans, access)
    let named = try subject(of: reply)
    if reply.saysNoPlan, reply.plans.isEmpty {
      return RegistryAnswer(patient: named, finding: .noPlanUnderThisNumber)
    }
    // No entry, or none that can be read, is unknown and not "none".
    guard let plans = RecordedPlans(reply.plans.compactMap(\.self)) else { throw RegistryError(.unusableAnswer) }
    return RegistryAnswer(patient: named, finding: .plans(plans, completeness(of: reply.plans)))
  }

  func declare(_ access: Access) async throws(RegistryError) {
    _ = try await reply(to: .declaration, access)  // the author and time of the check
  }

  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    let reply = try await reply(to: .history, access)
    return AccessHistory(
      patient: try subject(of: reply), entries: reply.accesses.compactMap(\.self),
      completeness: completeness(of: reply.accesses))
  }

  /// From the reply, never the number asked: the service compares the two.
  private func subject(of reply: Reply) throws(RegistryError) -> NHSNumber {
    guard let text = reply.patient, let named = try? NHSNumber(parsing: text) else {
      throw RegistryError(.unusableAnswer)
    }
    return named
  }

  private func completeness<Entry>(of entries: [Entry?]) -> Completeness {
    let unreadable = entries.count(where: { $0 == nil })
    return unreadable == 0 ? .complete : .partial(unreadableEntries: unreadable)
  }

  private func reply(to request: Request, _ access: Access) async throws(RegistryError) -> Reply {
    let reply: Reply
    do {
      reply = try await send(request, access)
    } catch is CancellationError {
      throw RegistryError(.cancelled)
    } catch {
      throw RegistryError(.unavailable)  // the error's own text may hold a URL, and with it a number
    }
    switch reply.status {
    case 200..<300: return reply
    case 401: throw RegistryError(.unavailable)  // a session that ended says nothing about what its user may see
    case 403: throw RegistryError(.accessDenied)  // final: the access is not declared again
    case 400, 422: throw RegistryError(.requestRejected)
    case 408, 504: throw RegistryError(.timedOut)
    case 429: throw RegistryError(.tooManyRequests)
    default: throw RegistryError(.unavailable)
    }
  }
}
// guide ends
