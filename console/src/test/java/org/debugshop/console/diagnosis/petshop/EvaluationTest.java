package org.debugshop.console.diagnosis.petshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.debugshop.console.diagnosis.Attribution.Figures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a tiny dataset of the same form: shop calls cart and ads, and cart calls the table that the issue is in. */
class EvaluationTest {

    private static final String GRAPH = """
            ,shop,cart,ads,table,other_table
            shop,0,1,1,0,0
            cart,0,0,0,1,1
            ads,0,0,0,0,0
            table,0,0,0,0,0
            other_table,0,0,0,0,0
            """;
    private static final String HEADER = """
            microservice,shop,shop,shop,shop,shop,cart,cart,cart,ads,ads,ads,table,table,table,other_table,other_table,other_table
            metric,latency,latency,latency,requests,availability,latency,requests,availability,latency,requests,availability,latency,requests,availability,latency,requests,availability
            statistic,Average,p50,p99,Sum,Average,Average,Sum,Average,Average,Sum,Average,Average,Sum,Average,Average,Sum,Average
            unix_timestamp,,,,,,,,,,,,,,,,,
            """;
    private static final String NORMAL = "0.100,0.090,0.323,1000,100,0.050,1000,100,0.010,5,100,0.020,1000,100,,,";
    /** The table is slower, and so are its callers. The calls to ads are rare, and their time has risen by more in relation. */
    private static final String SLOW_TABLE = "0.140,0.090,0.323,1000,100,0.090,1000,100,0.090,5,100,0.060,1000,100,,,";
    /** A tenth fails, because cart uses a table that doesn't exist. */
    private static final String WRONG_TABLE = "0.100,0.090,0.323,1000,90,0.050,1000,90,0.010,5,100,0.020,900,100,0.005,100,0";

    /** A tenth of the requests to cart fails, but shop does without it. That shop is slower may be chance. */
    private static final String NO_ISSUE = "0.118,0.090,0.323,1000,100,0.050,1000,90,0.010,5,100,0.020,1000,100,,,";

    @TempDir
    private Path folder;

    @Test
    void shouldReadFiguresAndAddThem() throws IOException {
        dataset();
        var issue = PetShop.read(folder).issues("test").getFirst();

        assertThat(issue.origin()).isEqualTo("table");
        assertThat(issue.rows()).hasSize(5);
        var shop = PetShop.sum(issue.rows().subList(0, 2), "shop");
        assertThat(shop.requests()).isEqualTo(2000);
        assertThat(shop.meanMillis()).isEqualTo(120);
        assertThat(shop.deviationMillis()).isBetween(99.9, 100.1);
        assertThat(shop.failedShare()).isZero();
        assertThat(PetShop.sum(issue.rows(), "other_table")).isEqualTo(Figures.NONE);
        assertThat(issue.traffic().calls()).extracting(call -> call.caller() + " " + call.callee())
                .containsExactly("shop cart", "shop ads", "cart table", "cart other_table");
    }

    @Test
    void shouldCompareWithTheRowsThatEndedBeforeTheIssueWasSeen() throws IOException {
        dataset();
        var window = Window.of(PetShop.read(folder).issues("test").getFirst());

        assertThat(window.minutes()).isEqualTo(15);
        assertThat(window.changes().get("shop").before().meanMillis()).isEqualTo(100);
        assertThat(window.changes().get("shop").now().requests()).isEqualTo(3000);
        assertThat(window.changes().get("shop").now().meanMillis()).isBetween(139.9, 140.1);
    }

    @Test
    void shouldPrintHowOftenEachMethodIsRightAndTheAlarms() throws IOException {
        dataset();

        assertThat(new Evaluation(folder).report()).contains(
                "| test: top-1 / top-3 | issues | attribution | largest relative change | deepest anomaly |",
                "| calm_traffic, availability | 1 | 1.000 / 1.000 | 0.500 / 1.000 | 1.000 / 1.000 |",
                "| calm_traffic, latency | 1 | 1.000 / 1.000 | 0.000 / 1.000 | 1.000 / 1.000 |",
                "| all | 2 | 1.000 / 1.000 | 0.250 / 1.000 | 1.000 / 1.000 |",
                "| issues of train | 0 of 0 | 0 of 0 |",
                "| issues of test | 1 of 1 | 1 of 1 |",
                // Three windows have the slow row after their first one.
                "| windows of noissue, calm_traffic | 3 of 9 | 0 of 9 |",
                "| rows before the issues | 0 of 1 | 0 of 1 |");
    }

    @Test
    void shouldScoreEqualScoresAsIfTheyWereShuffled() {
        var scores = Map.of("a", 2.0, "b", 1.0, "c", 1.0);

        assertThat(Score.of(scores, "a", 10)).isEqualTo(new Score(1, 1, 1));
        assertThat(Score.of(scores, "b", 10)).isEqualTo(new Score(1, 0, 1));
        assertThat(Score.of(scores, "d", 10)).isEqualTo(new Score(1, 0, 0));
        assertThat(Score.of(Map.of("a", 1.0, "b", 1.0), "b", 10)).isEqualTo(new Score(1, 0.5, 1));
        assertThat(Score.of(Map.of(), "b", 10)).isEqualTo(new Score(1, 0.1, 0.3));
    }

    @Test
    void shouldExplainThatAFolderIsWrong() {
        assertThatThrownBy(() -> PetShop.read(folder)).isInstanceOf(IOException.class)
                .hasMessage(folder + " has no folders with a graph.csv; it must be the folder of the PetShop dataset.");
    }

    private void dataset() throws IOException {
        Path traffic = folder.resolve("dataset/calm_traffic");
        Files.createDirectories(traffic);
        Files.writeString(traffic.resolve("graph.csv"), GRAPH);
        metrics(traffic.resolve("noissue"), 0, List.of(NORMAL, NORMAL, NORMAL, NORMAL, NORMAL, SLOW_TABLE, NORMAL, NORMAL, NORMAL, NORMAL,
                NORMAL, NO_ISSUE));
        issue(traffic.resolve("test/issue_0"), 10_000, "latency", "table", SLOW_TABLE);
        issue(traffic.resolve("test/issue_1"), 12_000, "availability", "cart", WRONG_TABLE);
    }

    private static void issue(Path issue, int start, String metric, String origin, String row) throws IOException {
        metrics(issue, start, List.of(NORMAL, row, row, row, NORMAL));
        Files.writeString(issue.resolve("target.json"), """
                {"target": {"node": "shop", "metric": "%s", "agg": "Average", "timestamp": %d},
                 "root_cause": {"node": "%s", "metric": null}}""".formatted(metric, start + 320, origin));
    }

    private static void metrics(Path folder, int start, List<String> rows) throws IOException {
        Files.createDirectories(folder);
        var csv = new StringBuilder(HEADER);
        for (int i = 0; i < rows.size(); i++) {
            csv.append((start + 300.0 * i) + "," + rows.get(i) + "\n");
        }
        Files.writeString(folder.resolve("metrics.csv"), csv);
    }
}
