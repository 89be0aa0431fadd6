"""SNS filter policies: what a document may say, and which messages it lets through.

Pure: no clock, no I/O.  Modules in the order in which a policy goes through them:

    syntax       JSON text → a tree that knows where each value stands
    values       the scalars that both are compared by
    operators    what one value of a message is held against
    expressions  a policy's values → operators
    documents    a policy → rules, within AWS's limits (`compile_filter`)
    messages     attributes or a body → fields, each a path with its values
    matching     rules against fields (`CompiledFilter.matches`)
    automaton    many patterns held against many texts
    many_values  a field of many values, as operators ask it
    anchors      what a message must show for a condition to hold
    index        all policies of a topic at once (`SubscriptionIndex`)

The rules and the texts of refusals are those of AWS's own matcher, which it publishes as Event
Ruler (github.com/aws/event-ruler), where they agree with answers recorded from SNS and with the
SNS developer guide's chapter "Amazon SNS message filtering"; where they differ, SNS wins.
"""
