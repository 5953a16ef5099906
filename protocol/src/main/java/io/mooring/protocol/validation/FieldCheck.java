package io.mooring.protocol.validation;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import io.mooring.wire.validate.Rules;
import io.mooring.wire.validate.ValidateProto;
import java.util.List;
import java.util.Optional;

/** The compiled rules of one field, and of the messages in it. */
record FieldCheck(
    FieldDescriptor field,
    String goName,
    Rules rules,
    List<ValueRule> valueRules,
    boolean descends,
    Optional<FieldDescriptor> mapValue)
    implements Plan.Check {

  private static final ValueRule.Failure MISSING =
      new ValueRule.Failure("value is required", "a value");

  /** Empty where there is nothing to check. */
  static Optional<Plan.Check> of(FieldDescriptor field) {
    Rules rules = field.getOptions().getExtension(ValidateProto.rules);
    var valueRules = ValueRule.of(field, field.isRepeated() ? rules.getEach() : rules);
    Optional<FieldDescriptor> mapValue =
        field.isMapField()
            ? Optional.of(field.getMessageType().findFieldByName("value"))
            : Optional.empty();
    boolean descends =
        field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
            && Plan.hasRules(field.getMessageType());
    // A member of a oneof is looked at only when it is set, so it is never missing.
    boolean required = rules.getRequired() && field.getRealContainingOneof() == null;
    return descends || required || !valueRules.isEmpty() || rules.getMinItems() > 0
        ? Optional.of(
            new FieldCheck(
                field, GoName.camelCase(field.getName()), rules, valueRules, descends, mapValue))
        : Optional.empty();
  }

  @Override
  public void run(Message message, Plan.Findings findings) {
    if (mapValue.isPresent()) {
      checkMap(message, findings);
    } else if (field.isRepeated()) {
      checkList(message, findings);
    } else if (!field.hasPresence() || message.hasField(field)) {
      checkValue(message.getField(field), goName, field.getName(), findings);
    } else if (rules.getRequired()) {
      findings.add(goName, field.getName(), MISSING);
    }
  }

  private void checkList(Message message, Plan.Findings findings) {
    int size = message.getRepeatedFieldCount(field);
    int least = rules.getMinItems();
    if (size < least) {
      findings.add(
          goName,
          field.getName(),
          new ValueRule.Failure(
              "value must contain at least " + least + " item(s)",
              "at least " + least + (least == 1 ? " element" : " elements")));
    }
    for (int i = 0; i < size; i++) {
      String index = "[" + i + "]";
      checkValue(
          message.getRepeatedField(field, i), goName + index, field.getName() + index, findings);
    }
  }

  private void checkMap(Message message, Plan.Findings findings) {
    FieldDescriptor value = mapValue.orElseThrow();
    for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
      var entry = (MapEntry<?, ?>) message.getRepeatedField(field, i);
      String key = "[" + entry.getKey() + "]";
      checkValue(entry.getField(value), goName + key, field.getName() + key, findings);
    }
  }

  private void checkValue(Object value, String goField, String fieldName, Plan.Findings findings) {
    for (ValueRule rule : valueRules) {
      Optional<ValueRule.Failure> failure = rule.judge(value);
      if (failure.isPresent()) {
        findings.add(goField, fieldName, failure.get());
        // One broken rule a value: the others would only say it again.
        return;
      }
    }
    if (descends && value instanceof Message child) {
      findings.descend(goField, fieldName, child);
    }
  }
}
