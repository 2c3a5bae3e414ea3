/// Something to be measured or counted was not done, or not all of it.
package struct NotDone: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
