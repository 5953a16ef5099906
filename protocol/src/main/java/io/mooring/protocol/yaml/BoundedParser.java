package io.mooring.protocol.yaml;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * SnakeYAML's parser with a limit on depth that knows its position: the library's own limit is
 * checked later, and its error tells no line.
 */
final class BoundedParser implements Parser {
  private final Parser parser;
  private int depth;

  BoundedParser(String text, LoaderOptions options) {
    parser = new ParserImpl(new StreamReader(text), options);
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return parser.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return parser.peekEvent();
  }

  @Override
  public Event getEvent() {
    Event event = parser.getEvent();
    if (event instanceof CollectionStartEvent && ++depth > ProtoYaml.MAX_DEPTH) {
      throw new ParserException(
          null, null, "nested deeper than " + ProtoYaml.MAX_DEPTH, event.getStartMark());
    }
    if (event instanceof CollectionEndEvent) {
      depth--;
    }
    return event;
  }
}
