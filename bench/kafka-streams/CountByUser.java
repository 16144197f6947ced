import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The job of bench/kafka.mjs with Kafka Streams: rows as JSON, event time `ts`, counted by their key, which is the user, in windows of a minute, each told
 * once, when it is final. `BROKER FROM TO ROWS FOLDER GUARANTEE STORE` (RocksDB or InMemory) reads ROWS rows of the topic FROM with one thread, its state in FOLDER, and prints the seconds from
 * the first row to the last.
 */
public class CountByUser {
  static final ObjectMapper JSON = new ObjectMapper();
  static long seen;
  static long first;

  public static void main(String[] words) throws Exception {
    long rows = Long.parseLong(words[3]);
    CountDownLatch through = new CountDownLatch(1);
    Properties options = new Properties();
    options.put("application.id", "bench-" + words[5] + words[6]);
    options.put("processing.guarantee", words[5]);
    options.put("replication.factor", "1");
    String suppliers = "org.apache.kafka.streams.state.BuiltInDslStoreSuppliers$";
    options.put("dsl.store.suppliers.class", suppliers + words[6] + "DslStoreSuppliers");
    options.put("bootstrap.servers", words[0]);
    options.put("auto.offset.reset", "earliest");
    options.put("isolation.level", "read_committed");
    options.put("num.stream.threads", "1");
    options.put("state.dir", words[4]);

    Deserializer<JsonNode> reader = (topic, bytes) -> parsed(bytes);
    Serializer<JsonNode> writer = (topic, row) -> row.toString().getBytes();
    Serde<JsonNode> json = Serdes.serdeFrom(writer, reader);
    StreamsBuilder builder = new StreamsBuilder();
    builder
        .stream(
            words[1],
            Consumed.with(Serdes.String(), json)
                .withTimestampExtractor((record, before) -> ((JsonNode) record.value()).get("ts").longValue()))
        .peek(
            (user, row) -> {
              if (seen == 0) first = System.nanoTime();
              seen += 1;
              if (seen < rows) return;
              System.out.println((System.nanoTime() - first) / 1e9);
              through.countDown();
            })
        .groupByKey()
        .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMinutes(1)))
        .count(
            Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("counts")
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long()))
        .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()))
        .toStream()
        .filter((window, count) -> !window.key().startsWith("last"))
        .map((window, count) -> KeyValue.pair(window.key(), told(window.key(), window.window().start(), count)))
        .to(words[2], Produced.with(Serdes.String(), Serdes.String()));

    KafkaStreams streams = new KafkaStreams(builder.build(), options);
    streams.start();
    through.await();
    streams.close();
  }

  static JsonNode parsed(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  static String told(String user, long start, long count) {
    return JSON.createObjectNode().put("window_start", start).put("user", user).put("count", count).toString();
  }
}
