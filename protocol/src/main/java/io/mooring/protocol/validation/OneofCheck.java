package io.mooring.protocol.validation;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.mooring.wire.validate.ValidateProto;
import java.util.HashMap;
import java.util.Map;

/** The compiled rules of one oneof: only the member that is set is looked at. */
record OneofCheck(
    OneofDescriptor oneof,
    String goName,
    boolean required,
    ValueRule.Failure missing,
    Map<FieldDescriptor, Plan.Check> members)
    implements Plan.Check {

  static OneofCheck of(OneofDescriptor oneof) {
    var members = new HashMap<FieldDescriptor, Plan.Check>();
    for (FieldDescriptor member : oneof.getFields()) {
      FieldCheck.of(member).ifPresent(check -> members.put(member, check));
    }
    var names = oneof.getFields().stream().map(FieldDescriptor::getName).toList();
    return new OneofCheck(
        oneof,
        GoName.camelCase(oneof.getName()),
        oneof.getOptions().getExtension(ValidateProto.required),
        new ValueRule.Failure("value is required", "one of " + String.join(", ", names)),
        Map.copyOf(members));
  }

  @Override
  public void run(Message message, Plan.Findings findings) {
    FieldDescriptor member = message.getOneofFieldDescriptor(oneof);
    if (member == null) {
      if (required) {
        findings.add(goName, "", missing);
      }
      return;
    }
    Plan.Check check = members.get(member);
    if (check != null) {
      check.run(message, findings);
    }
  }
}
