import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/**
 * Apache Kafka's own client as a witness for the tests. `produce BROKER TOPIC`: lines CODEC, KEY (\N: none) and VALUE of standard input, with tabs between
 * them, each run of one codec in a batch of its own; prints the partition of each. `consume BROKER TOPIC`: prints PARTITION, KEY and VALUE of all that is
 * committed.
 */
public class JavaClient {
  public static void main(String[] words) throws Exception {
    if (words[0].equals("produce")) produce(words[1], words[2]);
    else consume(words[1], words[2]);
  }

  static void produce(String broker, String topic) throws Exception {
    Map<String, List<String[]>> byCodec = new LinkedHashMap<>();
    Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
    while (in.hasNextLine()) {
      String[] parts = in.nextLine().split("\t", 3);
      byCodec.computeIfAbsent(parts[0], codec -> new ArrayList<>()).add(parts);
    }
    for (Map.Entry<String, List<String[]>> entry : byCodec.entrySet()) {
      Properties options = new Properties();
      options.put("bootstrap.servers", broker);
      options.put("compression.type", entry.getKey());
      options.put("linger.ms", "200");
      try (var producer = new KafkaProducer<>(options, new StringSerializer(), new StringSerializer())) {
        var sent = new ArrayList<java.util.concurrent.Future<RecordMetadata>>();
        for (String[] parts : entry.getValue())
          sent.add(producer.send(new ProducerRecord<>(topic, parts[1].equals("\\N") ? null : parts[1], parts[2])));
        for (var one : sent) System.out.println(one.get().partition());
      }
    }
  }

  static void consume(String broker, String topic) {
    Properties options = new Properties();
    options.put("bootstrap.servers", broker);
    options.put("isolation.level", "read_committed");
    options.put("auto.offset.reset", "earliest");
    try (var consumer = new KafkaConsumer<>(options, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> all =
          consumer.partitionsFor(topic).stream().map(one -> new TopicPartition(topic, one.partition())).collect(Collectors.toList());
      consumer.assign(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (all.stream().anyMatch(one -> consumer.position(one) < ends.get(one)))
        for (var row : consumer.poll(Duration.ofMillis(200)))
          System.out.println(row.partition() + "\t" + (row.key() == null ? "\\N" : row.key()) + "\t" + row.value());
    }
  }
}
