package org.debugshop.console.analysis;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.debugshop.console.analysis.ServiceGraph.Pair;
import org.eclipse.elk.alg.layered.LayeredLayoutProvider;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeLabelPlacement;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Computes the positions of services and calls, so that most calls go in one direction and few cross. Eclipse ELK takes some time
 * and memory for this, so a layout is computed only on request, and once for each shape of the system.
 */
@Singleton
public class GraphLayout {

    public static final int NODE_WIDTH = 228;
    public static final int NODE_HEIGHT = 92;
    private static final int LABEL_WIDTH = 96;
    private static final int LABEL_HEIGHT = 34;
    private static final int CACHED = 8;

    /** In pixels, from the top left corner. */
    public record Point(double x, double y) {}

    /** @param x the left edge @param y the top edge */
    @Schema(name = "DrawnService")
    public record Node(String name, double x, double y) {}

    /** @param label the centre of the space for the label */
    @Schema(name = "DrawnCall")
    public record Edge(String from, String to, List<Point> points, Point label) {}

    /** All nodes have the same size, {@link #NODE_WIDTH} by {@link #NODE_HEIGHT}. */
    public record Layout(double width, double height, List<Node> nodes, List<Edge> edges) {}

    private record Shape(SortedSet<String> services, List<Pair> calls, boolean down) {}

    private final Map<Shape, Layout> cache = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Shape, Layout> eldest) {
            return size() > CACHED;
        }
    };

    /** @param calls the calls between these services, in a stable order @param down whether calls go down instead of to the right */
    public synchronized Layout of(SortedSet<String> services, List<Pair> calls, boolean down) {
        return cache.computeIfAbsent(new Shape(services, calls, down), GraphLayout::layout);
    }

    private static Layout layout(Shape shape) {
        // Loads the types of ELK's own options. Without it, their defaults can't be copied.
        LayoutMetaDataService.getInstance();
        ElkNode graph = ElkGraphUtil.createGraph();
        graph.setProperty(LayeredOptions.DIRECTION, shape.down ? Direction.DOWN : Direction.RIGHT);
        graph.setProperty(LayeredOptions.EDGE_ROUTING, EdgeRouting.SPLINES);
        graph.setProperty(LayeredOptions.PADDING, new ElkPadding(26, 12, 12, 12));
        graph.setProperty(LayeredOptions.SPACING_NODE_NODE, shape.down ? 20.0 : 28.0);
        graph.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 28.0);
        graph.setProperty(LayeredOptions.SPACING_COMPONENT_COMPONENT, 36.0);
        graph.setProperty(LayeredOptions.ASPECT_RATIO, shape.down ? 0.6 : 1.8);
        var nodes = new HashMap<String, ElkNode>();
        shape.services.forEach(name -> {
            ElkNode node = ElkGraphUtil.createNode(graph);
            node.setDimensions(NODE_WIDTH, NODE_HEIGHT);
            nodes.put(name, node);
        });
        var edges = new LinkedHashMap<Pair, ElkEdge>();
        shape.calls.forEach(call -> {
            ElkEdge edge = ElkGraphUtil.createSimpleEdge(nodes.get(call.from()), nodes.get(call.to()));
            var label = ElkGraphUtil.createLabel(" ", edge);
            label.setDimensions(LABEL_WIDTH, LABEL_HEIGHT);
            label.setProperty(LayeredOptions.EDGE_LABELS_PLACEMENT, EdgeLabelPlacement.CENTER);
            label.setProperty(LayeredOptions.EDGE_LABELS_INLINE, true);
            edges.put(call, edge);
        });
        new LayeredLayoutProvider().layout(graph, new BasicProgressMonitor());
        return new Layout(graph.getWidth(), graph.getHeight(),
                shape.services.stream().map(name -> new Node(name, nodes.get(name).getX(), nodes.get(name).getY())).toList(),
                edges.entrySet().stream().map(edge -> edge(edge.getKey(), edge.getValue())).toList());
    }

    private static Edge edge(Pair call, ElkEdge edge) {
        var section = edge.getSections().getFirst();
        var points = new ArrayList<Point>();
        points.add(new Point(section.getStartX(), section.getStartY()));
        section.getBendPoints().forEach(bend -> points.add(new Point(bend.getX(), bend.getY())));
        points.add(new Point(section.getEndX(), section.getEndY()));
        var label = edge.getLabels().getFirst();
        return new Edge(call.from(), call.to(), points,
                new Point(label.getX() + label.getWidth() / 2, label.getY() + label.getHeight() / 2));
    }
}
