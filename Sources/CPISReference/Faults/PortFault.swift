/// One way in which something behind a port can go wrong.
///
/// Every port fails in the same ways; what differs is the error it throws and the nonsense it can answer.
/// `allCases` lists each of them once, with every cause that the SDK names, so that a test can run over all.
public enum PortFault<Failure: ScriptedFailure, Nonsense: Hashable & Sendable & CaseIterable>: Hashable, Sendable {
  /// It does nothing and throws.
  case fails(Failure)
  /// It does what it was asked, and throws all the same: the reply was lost.
  case actsThenFails(Failure)
  /// It does nothing for a time, on the wrapper's clock, then acts and answers.
  case slowToAct(Duration)
  /// It acts at once, and answers after a time.
  case slowToReply(Duration)
  /// It neither acts nor answers until the wrapper is told to let go; then it does both. Cancelling does not
  /// help: a connection that hangs does not hear of it.
  case neverAnswers
  /// It acts, and answers something that cannot be trusted.
  case answersNonsense(Nonsense)
}

extension PortFault: CaseIterable {
  /// How long the slow ones among ``allCases`` take: longer than anyone at a patient's side waits.
  public static var longDelay: Duration { .seconds(3600) }

  /// Every fault, with every cause.
  public static var allCases: [PortFault] {
    var all: [PortFault] = []
    for failure in Failure.everyCause {
      all.append(.fails(failure))
      all.append(.actsThenFails(failure))
    }
    all += [.slowToAct(longDelay), .slowToReply(longDelay), .neverAnswers]
    return all + Nonsense.allCases.map { .answersNonsense($0) }
  }
}
