<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Banner</name>
    <message>
      <source>Dismiss</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Less</source>
      <translation>收起</translation>
    </message>
    <message>
      <source>More</source>
      <translation>更多</translation>
    </message>
  </context>
  <context>
    <name>Bars</name>
    <message>
      <source>&amp;Language</source>
      <translation>语言(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Panels</source>
      <translation>面板(&amp;P)</translation>
    </message>
    <message>
      <source>As the system</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <source>Clear</source>
      <translation>清除</translation>
    </message>
    <message>
      <source>No recent files</source>
      <translation>没有最近的文件</translation>
    </message>
    <message>
      <source>Open &amp;recent</source>
      <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
      <source>Open a &amp;sample</source>
      <translation>打开示例(&amp;S)</translation>
    </message>
    <message>
      <source>Toolbar</source>
      <translation>工具栏</translation>
    </message>
  </context>
  <context>
    <name>Canvas</name>
    <message>
      <source>NaN / Inf</source>
      <translation>NaN / Inf</translation>
    </message>
    <message>
      <source>No graph to show yet</source>
      <translation>还没有可显示的计算图</translation>
    </message>
    <message>
      <source>Open a trace, or record a program to see its autograd graph here.</source>
      <translation>打开一份记录，或录制一个程序，就能在这里看到它的计算图。</translation>
    </message>
    <message>
      <source>did not run in this pass</source>
      <translation>在这次反向传播中没有执行</translation>
    </message>
    <message>
      <source>gradient holds NaN or Inf</source>
      <translation>梯度含有 NaN 或 Inf</translation>
    </message>
    <message>
      <source>gradient norm</source>
      <translation>梯度范数</translation>
    </message>
    <message>
      <source>no gradients were recorded</source>
      <translation>没有记录梯度</translation>
    </message>
  </context>
  <context>
    <name>DockTitle</name>
    <message>
      <source>Close this panel (View, Panels brings it back)</source>
      <translation>关闭此面板（可在“视图 &gt; 面板”中重新打开）</translation>
    </message>
  </context>
  <context>
    <name>EventsModel</name>
    <message>
      <source>#</source>
      <translation>#</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>种类</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>What happened</source>
      <translation>发生了什么</translation>
    </message>
  </context>
  <context>
    <name>EventsView</name>
    <message>
      <source>All kinds</source>
      <translation>所有种类</translation>
    </message>
    <message>
      <source>Filter: hook, error, -gradient, train.py, /Mul|Add/ …</source>
      <translation>筛选：hook、error、-gradient、train.py、/Mul|Add/ …</translation>
    </message>
    <message>
      <source>Kinds</source>
      <translation>种类</translation>
    </message>
    <message>
      <source>Kinds ({count})</source>
      <translation>种类（{count}）</translation>
    </message>
    <message>
      <source>No event fits this filter.</source>
      <translation>没有符合此筛选条件的事件。</translation>
    </message>
    <message>
      <source>The events of the run will be listed here.</source>
      <translation>运行中的事件会列在这里。</translation>
    </message>
    <message>
      <source>Words that must all fit. A kind (hook, error, NodeFinished …) keeps that kind; -word leaves it out; /…/ is a regular expression; any other word is looked for in the text, source and scope.</source>
      <translation>所有词都须满足。种类名（hook、error、NodeFinished …）只保留该种类；-词 表示排除；/…/ 是正则表达式；其他词在文本、源代码位置和作用域中查找。</translation>
    </message>
    <message>
      <source>{count} so far …</source>
      <translation>已找到 {count} 个…</translation>
    </message>
    <message>
      <source>{shown} of {total}</source>
      <translation>{shown} / {total}</translation>
    </message>
  </context>
  <context>
    <name>Exporter</name>
    <message>
      <source>&amp;Export</source>
      <translation>导出(&amp;E)</translation>
    </message>
    <message>
      <source>Cannot export to {name}: {reason}</source>
      <translation>无法导出到 {name}：{reason}</translation>
    </message>
    <message>
      <source>Export as {format}</source>
      <translation>导出为 {format}</translation>
    </message>
    <message>
      <source>Exported to {path}</source>
      <translation>已导出到 {path}</translation>
    </message>
    <message>
      <source>{format} files (*{suffix})</source>
      <translation>{format} 文件 (*{suffix})</translation>
    </message>
    <message>
      <source>{format} …</source>
      <translation>{format} …</translation>
    </message>
  </context>
  <context>
    <name>GradientSection</name>
    <message>
      <source> of {count}</source>
      <translation> / {count}</translation>
    </message>
    <message>
      <source>Gradient</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>Histogram</source>
      <translation>直方图</translation>
    </message>
    <message>
      <source>None yet: it arrives later in this pass.</source>
      <translation>尚为 None：稍后才到达。</translation>
    </message>
    <message>
      <source>None: no gradient reaches this node in this pass.</source>
      <translation>None：这次反向传播中没有梯度到达此节点。</translation>
    </message>
    <message>
      <source>Numbers</source>
      <translation>数值</translation>
    </message>
    <message>
      <source>Picture</source>
      <translation>图像</translation>
    </message>
    <message>
      <source>This node takes no part in this pass.</source>
      <translation>此节点不参与这次反向传播。</translation>
    </message>
    <message>
      <source>mean</source>
      <translation>均值</translation>
    </message>
    <message>
      <source>norm</source>
      <translation>范数</translation>
    </message>
    <message>
      <source>not finite</source>
      <translation>非有限值</translation>
    </message>
    <message>
      <source>not recorded at level “structure”</source>
      <translation>“structure”级别不记录</translation>
    </message>
    <message>
      <source>not recorded at level “{level}”</source>
      <translation>“{level}”级别不记录</translation>
    </message>
    <message>
      <source>not recorded: larger than the limit</source>
      <translation>未记录：超过大小上限</translation>
    </message>
    <message>
      <source>output {number}</source>
      <translation>输出 {number}</translation>
    </message>
    <message>
      <source>range</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>slice {name}</source>
      <translation>切片 {name}</translation>
    </message>
    <message>
      <source>value</source>
      <translation>值</translation>
    </message>
    <message>
      <source>values</source>
      <translation>数值</translation>
    </message>
    <message>
      <source>zeros</source>
      <translation>零的个数</translation>
    </message>
    <message>
      <source>{zeros} of {count}</source>
      <translation>{zeros} / {count}</translation>
    </message>
  </context>
  <context>
    <name>GraphPanel</name>
    <message>
      <source>Clear breakpoint</source>
      <translation>清除断点</translation>
    </message>
    <message>
      <source>Close group {name}</source>
      <translation>折叠分组 {name}</translation>
    </message>
    <message>
      <source>Fit the graph</source>
      <translation>适应窗口</translation>
    </message>
    <message>
      <source>Open all groups</source>
      <translation>展开所有分组</translation>
    </message>
    <message>
      <source>Open group {name}</source>
      <translation>展开分组 {name}</translation>
    </message>
    <message>
      <source>Run to here</source>
      <translation>运行到这里</translation>
    </message>
    <message>
      <source>Set breakpoint</source>
      <translation>设置断点</translation>
    </message>
    <message>
      <source>This graph could not be drawn. Tables and inspector show all there is to know about it.</source>
      <translation>无法绘制此图。表格和检查器中仍有它的全部信息。</translation>
    </message>
    <message>
      <source>This pass ran no nodes.</source>
      <translation>这次反向传播没有执行任何节点。</translation>
    </message>
    <message>
      <source>This trace holds no graph: nothing in the recorded program needed a gradient.</source>
      <translation>这份记录里没有计算图：程序中没有任何东西需要梯度。</translation>
    </message>
  </context>
  <context>
    <name>Header</name>
    <message>
      <source>Breakpoint (F9)</source>
      <translation>断点 (F9)</translation>
    </message>
    <message>
      <source>Selected: </source>
      <translation>已选中：</translation>
    </message>
    <message>
      <source>done</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>follow the cursor</source>
      <translation>跟随光标</translation>
    </message>
    <message>
      <source>made</source>
      <translation>已创建</translation>
    </message>
    <message>
      <source>not in this pass</source>
      <translation>不在这次反向传播中</translation>
    </message>
    <message>
      <source>not made yet</source>
      <translation>尚未创建</translation>
    </message>
    <message>
      <source>not run yet</source>
      <translation>尚未执行</translation>
    </message>
    <message>
      <source>ran in {time}</source>
      <translation>用时 {time}</translation>
    </message>
    <message>
      <source>running</source>
      <translation>执行中</translation>
    </message>
  </context>
  <context>
    <name>HistorySection</name>
    <message>
      <source>Over the run</source>
      <translation>整个运行过程</translation>
    </message>
    <message>
      <source>The norm of what each pass brought; a click goes there.</source>
      <translation>每次反向传播带来的梯度的范数；点击可跳转到该次。</translation>
    </message>
    <message>
      <source>norm</source>
      <translation>范数</translation>
    </message>
    <message>
      <source>not finite</source>
      <translation>非有限值</translation>
    </message>
    <message>
      <source>passes</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>{count} brought a gradient</source>
      <translation>{count} 次带来了梯度</translation>
    </message>
    <message>
      <source>{count} times</source>
      <translation>{count} 次</translation>
    </message>
  </context>
  <context>
    <name>HooksSection</name>
    <message>
      <source>Hooks</source>
      <translation>钩子</translation>
    </message>
    <message>
      <source>event {number}</source>
      <translation>事件 {number}</translation>
    </message>
    <message>
      <source>fired</source>
      <translation>触发</translation>
    </message>
    <message>
      <source>function</source>
      <translation>函数</translation>
    </message>
    <message>
      <source>kind</source>
      <translation>种类</translation>
    </message>
    <message>
      <source>not yet</source>
      <translation>尚未</translation>
    </message>
    <message>
      <source>{before} became {after}</source>
      <translation>{before} 变为 {after}</translation>
    </message>
  </context>
  <context>
    <name>Inspector</name>
    <message>
      <source>Open a trace and select a node to see its gradient, source, saved tensors and hooks.</source>
      <translation>打开一份记录并选择节点，即可查看它的梯度、源代码、保存的张量和钩子。</translation>
    </message>
    <message>
      <source>There is no graph in this trace. The events tell what happened.</source>
      <translation>这份记录里没有计算图。事件列表说明了发生了什么。</translation>
    </message>
  </context>
  <context>
    <name>LeavesModel</name>
    <message>
      <source>Gradient</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>dtype</source>
      <translation>dtype</translation>
    </message>
  </context>
  <context>
    <name>LeavesView</name>
    <message>
      <source>Tensors with requires_grad=True will be listed here, with their .grad.</source>
      <translation>requires_grad=True 的张量及其 .grad 会列在这里。</translation>
    </message>
  </context>
  <context>
    <name>MainWindow</name>
    <message>
      <source>A debugger for autograd graphs: record backward(), step it in both directions.</source>
      <translation>自动求导计算图的调试器：录制 backward()，向前向后逐步回放。</translation>
    </message>
    <message>
      <source>About gradtrace</source>
      <translation>关于 gradtrace</translation>
    </message>
    <message>
      <source>Event (0 to {last}):</source>
      <translation>事件（0 到 {last}）：</translation>
    </message>
    <message>
      <source>Events</source>
      <translation>事件</translation>
    </message>
    <message>
      <source>Go to event</source>
      <translation>转到事件</translation>
    </message>
    <message>
      <source>Inspector</source>
      <translation>检查器</translation>
    </message>
    <message>
      <source>Keyboard shortcuts</source>
      <translation>键盘快捷键</translation>
    </message>
    <message>
      <source>Leaves and parameters</source>
      <translation>叶子与参数</translation>
    </message>
    <message>
      <source>Licensed under the Apache License 2.0. The font is Inter, under the SIL Open Font License.</source>
      <translation>以 Apache License 2.0 许可发布。字体 Inter 以 SIL Open Font License 许可。</translation>
    </message>
    <message>
      <source>Nodes</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>Open traces</source>
      <translation>打开记录</translation>
    </message>
    <message>
      <source>Passes</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>Problems</source>
      <translation>问题</translation>
    </message>
    <message>
      <source>Problems ({count})</source>
      <translation>问题（{count}）</translation>
    </message>
    <message>
      <source>Recording the sample {name} …</source>
      <translation>正在录制示例 {name} …</translation>
    </message>
    <message>
      <source>Something went wrong inside gradtrace: {error}</source>
      <translation>gradtrace 内部出错：{error}</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>The language changes when the window is opened again.</source>
      <translation>重新打开窗口后语言才会改变。</translation>
    </message>
    <message>
      <source>Timeline</source>
      <translation>时间线</translation>
    </message>
    <message>
      <source>Timeline and tables</source>
      <translation>时间线与表格</translation>
    </message>
    <message>
      <source>Traces (*{suffix});;All files (*)</source>
      <translation>记录 (*{suffix});;所有文件 (*)</translation>
    </message>
    <message>
      <source>Your trace is untouched, and you can go on. Please report this with the details below.</source>
      <translation>你的记录未受影响，可以继续使用。请附上下面的详情报告此问题。</translation>
    </message>
    <message>
      <source>gradtrace</source>
      <translation>gradtrace</translation>
    </message>
    <message>
      <source>rank {rank} of {count}</source>
      <translation>rank {rank}，共 {count} 个</translation>
    </message>
    <message>
      <source>{name} ({number} of {count})</source>
      <translation>{name}（第 {number} 个，共 {count} 个）</translation>
    </message>
    <message>
      <source>{name} – gradtrace</source>
      <translation>{name} – gradtrace</translation>
    </message>
  </context>
  <context>
    <name>NodesModel</name>
    <message>
      <source>Gradient norm</source>
      <translation>梯度范数</translation>
    </message>
    <message>
      <source>Node</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>Order</source>
      <translation>次序</translation>
    </message>
    <message>
      <source>Scope</source>
      <translation>作用域</translation>
    </message>
    <message>
      <source>Variable</source>
      <translation>变量</translation>
    </message>
  </context>
  <context>
    <name>NodesView</name>
    <message>
      <source>The nodes of the pass will be listed here, in the order they ran.</source>
      <translation>这次反向传播的节点会按执行次序列在这里。</translation>
    </message>
  </context>
  <context>
    <name>NotCoveredButton</name>
    <message>
      <source>The program did what this recording does not cover:</source>
      <translation>程序中有此记录未覆盖的内容：</translation>
    </message>
    <message>
      <source>not covered: {count}</source>
      <translation>未覆盖：{count}</translation>
    </message>
  </context>
  <context>
    <name>Notices</name>
    <message>
      <source>First NaN/Inf of this pass: {detail}</source>
      <translation>这次反向传播中首个 NaN/Inf：{detail}</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>显示</translation>
    </message>
    <message>
      <source>Show cause</source>
      <translation>显示原因</translation>
    </message>
    <message>
      <source>Show where</source>
      <translation>显示位置</translation>
    </message>
    <message>
      <source>The traces differ in {about}: {text}</source>
      <translation>各记录不一致（{about}）：{text}</translation>
    </message>
    <message>
      <source>{about}: {text}</source>
      <translation>{about}：{text}</translation>
    </message>
    <message>
      <source>{title}: {detail}</source>
      <translation>{title}：{detail}</translation>
    </message>
    <message>
      <source>{type}: {reason}</source>
      <translation>{type}：{reason}</translation>
    </message>
  </context>
  <context>
    <name>Overview</name>
    <message>
      <source>A node: its gradient, source, saved tensors</source>
      <translation>节点：查看梯度、源代码、保存的张量</translation>
    </message>
    <message>
      <source>All nodes</source>
      <translation>所有节点</translation>
    </message>
    <message>
      <source>Along the way</source>
      <translation>途中</translation>
    </message>
    <message>
      <source>Called here</source>
      <translation>在此调用</translation>
    </message>
    <message>
      <source>Gradients of the leaves</source>
      <translation>叶子的梯度</translation>
    </message>
    <message>
      <source>Pass</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>Raised here</source>
      <translation>在此抛出</translation>
    </message>
    <message>
      <source>The graph as the program made it, node by node.</source>
      <translation>程序逐个节点建立的计算图。</translation>
    </message>
    <message>
      <source>What next</source>
      <translation>接下来</translation>
    </message>
    <message>
      <source>and {count} more</source>
      <translation>以及另外 {count} 个</translation>
    </message>
    <message>
      <source>at {node}</source>
      <translation>位于 {node}</translation>
    </message>
    <message>
      <source>began at</source>
      <translation>起点</translation>
    </message>
    <message>
      <source>changed the gradient</source>
      <translation>改变了梯度</translation>
    </message>
    <message>
      <source>click</source>
      <translation>点击</translation>
    </message>
    <message>
      <source>cut off</source>
      <translation>中断</translation>
    </message>
    <message>
      <source>failed at</source>
      <translation>出错于</translation>
    </message>
    <message>
      <source>finished</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>first NaN/Inf</source>
      <translation>首个 NaN/Inf</translation>
    </message>
    <message>
      <source>hooks</source>
      <translation>钩子</translation>
    </message>
    <message>
      <source>in {function}</source>
      <translation>位于 {function}</translation>
    </message>
    <message>
      <source>in-place writes</source>
      <translation>原地写入</translation>
    </message>
    <message>
      <source>inputs</source>
      <translation>输入</translation>
    </message>
    <message>
      <source>largest norm</source>
      <translation>最大范数</translation>
    </message>
    <message>
      <source>leaves</source>
      <translation>叶子</translation>
    </message>
    <message>
      <source>nodes</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>norm</source>
      <translation>范数</translation>
    </message>
    <message>
      <source>not observed</source>
      <translation>未观测</translation>
    </message>
    <message>
      <source>options</source>
      <translation>选项</translation>
    </message>
    <message>
      <source>passes</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>raised</source>
      <translation>出错</translation>
    </message>
    <message>
      <source>recorded</source>
      <translation>记录范围</translation>
    </message>
    <message>
      <source>smallest norm</source>
      <translation>最小范数</translation>
    </message>
    <message>
      <source>stayed None</source>
      <translation>始终为 None</translation>
    </message>
    <message>
      <source>zero</source>
      <translation>零</translation>
    </message>
    <message>
      <source>{count} did not</source>
      <translation>{count} 个未执行</translation>
    </message>
    <message>
      <source>{count} ran</source>
      <translation>{count} 个已执行</translation>
    </message>
  </context>
  <context>
    <name>PassSelector</name>
    <message>
      <source>  (raised)</source>
      <translation>  （出错）</translation>
    </message>
    <message>
      <source>All nodes (forward)</source>
      <translation>所有节点（前向）</translation>
    </message>
    <message>
      <source>No trace open</source>
      <translation>没有打开记录</translation>
    </message>
    <message>
      <source>The pass on show  (Ctrl+PgUp, Ctrl+PgDown)</source>
      <translation>当前显示的反向传播  (Ctrl+PgUp, Ctrl+PgDown)</translation>
    </message>
  </context>
  <context>
    <name>PassesModel</name>
    <message>
      <source>All nodes</source>
      <translation>所有节点</translation>
    </message>
    <message>
      <source>Call</source>
      <translation>调用</translation>
    </message>
    <message>
      <source>Nodes</source>
      <translation>节点</translation>
    </message>
    <message>
      <source>Outcome</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>Step</source>
      <translation>步</translation>
    </message>
    <message>
      <source>cut off</source>
      <translation>中断</translation>
    </message>
    <message>
      <source>finished</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>raised</source>
      <translation>出错</translation>
    </message>
  </context>
  <context>
    <name>PassesView</name>
    <message>
      <source>The calls of backward() in the run will be listed here.</source>
      <translation>运行中的 backward() 调用会列在这里。</translation>
    </message>
  </context>
  <context>
    <name>Playback</name>
    <message>
      <source>No gradient with NaN or Inf lies ahead in this pass.</source>
      <translation>此后没有含 NaN 或 Inf 的梯度。</translation>
    </message>
    <message>
      <source>Select a node to set a breakpoint on it.</source>
      <translation>请先选择一个节点再设置断点。</translation>
    </message>
    <message>
      <source>This leaf takes no part in a graph: nothing was computed from it.</source>
      <translation>此叶子不在任何计算图中：没有用它计算过任何东西。</translation>
    </message>
    <message>
      <source>This node did not run in this pass.</source>
      <translation>此节点在这次反向传播中没有执行。</translation>
    </message>
  </context>
  <context>
    <name>ProblemsModel</name>
    <message>
      <source>Cause</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>File</source>
      <translation>文件</translation>
    </message>
    <message>
      <source>Not covered</source>
      <translation>未覆盖</translation>
    </message>
    <message>
      <source>Note</source>
      <translation>说明</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>Type</source>
      <translation>类型</translation>
    </message>
    <message>
      <source>What happened</source>
      <translation>发生了什么</translation>
    </message>
    <message>
      <source>event {number}</source>
      <translation>事件 {number}</translation>
    </message>
  </context>
  <context>
    <name>ProblemsView</name>
    <message>
      <source>Nothing found: no exception, no NaN, no missing gradient, and the file is sound.</source>
      <translation>没有发现问题：没有异常、没有 NaN、没有缺失的梯度，文件完好。</translation>
    </message>
  </context>
  <context>
    <name>SampleRecorder</name>
    <message>
      <source>The sample {name} could not be recorded: {reason}</source>
      <translation>无法录制示例 {name}：{reason}</translation>
    </message>
  </context>
  <context>
    <name>SavedSection</name>
    <message>
      <source>(unknown)</source>
      <translation>（未知）</translation>
    </message>
    <message>
      <source>Freed by this point: another backward through this node would fail.</source>
      <translation>此时已释放：再次经过此节点反向传播会失败。</translation>
    </message>
    <message>
      <source>Saved tensors</source>
      <translation>保存的张量</translation>
    </message>
    <message>
      <source>shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>slot</source>
      <translation>槽位</translation>
    </message>
    <message>
      <source>tensor</source>
      <translation>张量</translation>
    </message>
    <message>
      <source>version</source>
      <translation>版本</translation>
    </message>
    <message>
      <source>{op} at {place}</source>
      <translation>{op}，位于 {place}</translation>
    </message>
    <message>
      <source>{saved}, now {now}</source>
      <translation>{saved}，现为 {now}</translation>
    </message>
  </context>
  <context>
    <name>SearchBox</name>
    <message>
      <source>Find node, variable, scope</source>
      <translation>查找节点、变量、作用域</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <source>{place} of {count}</source>
      <translation>{place} / {count}</translation>
    </message>
  </context>
  <context>
    <name>Session</name>
    <message>
      <source>Cannot open {name}: {reason}</source>
      <translation>无法打开 {name}：{reason}</translation>
    </message>
    <message>
      <source>Laying out the graph …</source>
      <translation>正在布局计算图 …</translation>
    </message>
    <message>
      <source>Opening {name} …</source>
      <translation>正在打开 {name} …</translation>
    </message>
    <message>
      <source>This file has a problem: {problem}</source>
      <translation>此文件有问题：{problem}</translation>
    </message>
  </context>
  <context>
    <name>SourceSection</name>
    <message>
      <source>Source</source>
      <translation>源代码</translation>
    </message>
    <message>
      <source>in {function}</source>
      <translation>位于 {function}</translation>
    </message>
  </context>
  <context>
    <name>SourceView</name>
    <message>
      <source>The recording holds no copy of this file.</source>
      <translation>记录中没有此文件的副本。</translation>
    </message>
    <message>
      <source>The source line of the selected node will be shown here.</source>
      <translation>所选节点的源代码行会显示在这里。</translation>
    </message>
    <message>
      <source>{file}   in {function}</source>
      <translation>{file}   位于 {function}</translation>
    </message>
  </context>
  <context>
    <name>StatusBar</name>
    <message>
      <source>No trace open</source>
      <translation>没有打开记录</translation>
    </message>
    <message>
      <source>This trace holds no events</source>
      <translation>这份记录没有事件</translation>
    </message>
    <message>
      <source>event {number} of {last}</source>
      <translation>事件 {number} / {last}</translation>
    </message>
    <message>
      <source>level: {level}</source>
      <translation>级别：{level}</translation>
    </message>
    <message>
      <source>program exited</source>
      <translation>程序已退出</translation>
    </message>
    <message>
      <source>program finished</source>
      <translation>程序已结束</translation>
    </message>
    <message>
      <source>program raised an exception</source>
      <translation>程序抛出了异常</translation>
    </message>
    <message>
      <source>program was running</source>
      <translation>程序仍在运行</translation>
    </message>
    <message>
      <source>recording cut off</source>
      <translation>记录被中断</translation>
    </message>
  </context>
  <context>
    <name>TensorsSection</name>
    <message>
      <source>Tensors</source>
      <translation>张量</translation>
    </message>
    <message>
      <source>and {count} more</source>
      <translation>以及另外 {count} 个</translation>
    </message>
    <message>
      <source>inputs</source>
      <translation>输入</translation>
    </message>
    <message>
      <source>leaf</source>
      <translation>叶子</translation>
    </message>
    <message>
      <source>result</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>result {number}</source>
      <translation>结果 {number}</translation>
    </message>
    <message>
      <source>used by</source>
      <translation>使用者</translation>
    </message>
  </context>
  <context>
    <name>TimelineView</name>
    <message>
      <source>The events of a pass will be drawn here.</source>
      <translation>反向传播的事件会画在这里。</translation>
    </message>
    <message>
      <source>Whole run</source>
      <translation>整个运行</translation>
    </message>
    <message>
      <source>event {number}</source>
      <translation>事件 {number}</translation>
    </message>
  </context>
  <context>
    <name>TraceSelector</name>
    <message>
      <source>  (cut off)</source>
      <translation>  (中断)</translation>
    </message>
    <message>
      <source>  (raised)</source>
      <translation>  （出错）</translation>
    </message>
    <message>
      <source>The trace on show  (Ctrl+Shift+PgUp, Ctrl+Shift+PgDown)</source>
      <translation>当前显示的记录  (Ctrl+Shift+PgUp, Ctrl+Shift+PgDown)</translation>
    </message>
    <message>
      <source>different {about}: {text}</source>
      <translation>{about}（不同）：{text}</translation>
    </message>
    <message>
      <source>same {about}: {text}</source>
      <translation>{about}（相同）：{text}</translation>
    </message>
  </context>
  <context>
    <name>Welcome</name>
    <message>
      <source>Drop a .gtrace file here</source>
      <translation>将 .gtrace 文件拖到这里</translation>
    </message>
    <message>
      <source>Open a trace …</source>
      <translation>打开记录 …</translation>
    </message>
    <message>
      <source>Recent</source>
      <translation>最近</translation>
    </message>
    <message>
      <source>Record your own program</source>
      <translation>录制你自己的程序</translation>
    </message>
    <message>
      <source>Step through backward(), forwards and in reverse.</source>
      <translation>逐步走过 backward()，向前，也向后。</translation>
    </message>
    <message>
      <source>Try a sample: a click records it and opens the trace</source>
      <translation>试试示例：点击即录制并打开</translation>
    </message>
    <message>
      <source>gradtrace</source>
      <translation>gradtrace</translation>
    </message>
  </context>
  <context>
    <name>actions</name>
    <message>
      <source>&amp;About gradtrace</source>
      <translation>关于 gradtrace(&amp;A)</translation>
    </message>
    <message>
      <source>&amp;Export …</source>
      <translation>导出(&amp;E) …</translation>
    </message>
    <message>
      <source>&amp;File</source>
      <translation>文件(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Find node</source>
      <translation>查找节点(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Fit the graph</source>
      <translation>适应窗口(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Go to event …</source>
      <translation>转到事件(&amp;G) …</translation>
    </message>
    <message>
      <source>&amp;Gradient colours</source>
      <translation>梯度着色(&amp;G)</translation>
    </message>
    <message>
      <source>&amp;Help</source>
      <translation>帮助(&amp;H)</translation>
    </message>
    <message>
      <source>&amp;Keyboard shortcuts</source>
      <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
      <source>&amp;Open …</source>
      <translation>打开(&amp;O) …</translation>
    </message>
    <message>
      <source>&amp;Quit</source>
      <translation>退出(&amp;Q)</translation>
    </message>
    <message>
      <source>&amp;Replay</source>
      <translation>回放(&amp;R)</translation>
    </message>
    <message>
      <source>&amp;Run</source>
      <translation>运行(&amp;R)</translation>
    </message>
    <message>
      <source>&amp;Step</source>
      <translation>前进一步(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;View</source>
      <translation>视图(&amp;V)</translation>
    </message>
    <message>
      <source>Back by a single event</source>
      <translation>后退一个事件</translation>
    </message>
    <message>
      <source>Back to the previous breakpoint, else to the start</source>
      <translation>退回到上一个断点，没有则到开头</translation>
    </message>
    <message>
      <source>Back to where the previous node had finished</source>
      <translation>退回到上一个节点完成处</translation>
    </message>
    <message>
      <source>Clear all breakpoints</source>
      <translation>清除所有断点</translation>
    </message>
    <message>
      <source>Collapse all groups</source>
      <translation>折叠所有分组</translation>
    </message>
    <message>
      <source>Colour nodes by the norm of their gradient</source>
      <translation>按梯度范数为节点着色</translation>
    </message>
    <message>
      <source>Drag</source>
      <translation>拖动</translation>
    </message>
    <message>
      <source>Event back</source>
      <translation>上一个事件</translation>
    </message>
    <message>
      <source>Event forward</source>
      <translation>下一个事件</translation>
    </message>
    <message>
      <source>Expand all groups</source>
      <translation>展开所有分组</translation>
    </message>
    <message>
      <source>Export this pass</source>
      <translation>导出这次反向传播</translation>
    </message>
    <message>
      <source>Follow the cursor</source>
      <translation>跟随光标</translation>
    </message>
    <message>
      <source>Left, Right</source>
      <translation>左、右</translation>
    </message>
    <message>
      <source>Light or dark</source>
      <translation>浅色或深色</translation>
    </message>
    <message>
      <source>Move the graph</source>
      <translation>移动计算图</translation>
    </message>
    <message>
      <source>Next pass</source>
      <translation>下一次反向传播</translation>
    </message>
    <message>
      <source>Next trace</source>
      <translation>下一条记录</translation>
    </message>
    <message>
      <source>On by a single event</source>
      <translation>前进一个事件</translation>
    </message>
    <message>
      <source>On the graph: to an input, to what uses the result</source>
      <translation>在图上：到输入、到使用结果的节点</translation>
    </message>
    <message>
      <source>On the graph: to the node beside</source>
      <translation>在图上：到旁边的节点</translation>
    </message>
    <message>
      <source>On to the next breakpoint, else to the end</source>
      <translation>运行到下一个断点，没有则到末尾</translation>
    </message>
    <message>
      <source>On to the next gradient with NaN or Inf</source>
      <translation>前进到下一个含 NaN 或 Inf 的梯度</translation>
    </message>
    <message>
      <source>On to where the next node has finished</source>
      <translation>前进到下一个节点完成处</translation>
    </message>
    <message>
      <source>Open traces</source>
      <translation>打开记录</translation>
    </message>
    <message>
      <source>Previous pass</source>
      <translation>上一次反向传播</translation>
    </message>
    <message>
      <source>Previous trace</source>
      <translation>上一条记录</translation>
    </message>
    <message>
      <source>Reset the window's layout</source>
      <translation>重置窗口布局</translation>
    </message>
    <message>
      <source>Return, double click</source>
      <translation>回车、双击</translation>
    </message>
    <message>
      <source>Right click</source>
      <translation>右键</translation>
    </message>
    <message>
      <source>Run back</source>
      <translation>反向运行</translation>
    </message>
    <message>
      <source>Run to the next NaN or Inf</source>
      <translation>运行到下一个 NaN 或 Inf</translation>
    </message>
    <message>
      <source>Run to the node, or open its group</source>
      <translation>运行到该节点，或展开其分组</translation>
    </message>
    <message>
      <source>Run to the selected node</source>
      <translation>运行到所选节点</translation>
    </message>
    <message>
      <source>Select nothing</source>
      <translation>取消选择</translation>
    </message>
    <message>
      <source>Set or clear the breakpoint of this node</source>
      <translation>设置或清除此节点的断点</translation>
    </message>
    <message>
      <source>Show the whole graph</source>
      <translation>显示整个计算图</translation>
    </message>
    <message>
      <source>Step &amp;back</source>
      <translation>后退一步(&amp;B)</translation>
    </message>
    <message>
      <source>Stop waiting</source>
      <translation>停止等待</translation>
    </message>
    <message>
      <source>Switch the theme</source>
      <translation>切换主题</translation>
    </message>
    <message>
      <source>The graph</source>
      <translation>计算图</translation>
    </message>
    <message>
      <source>The next trace in this window, at the same moment</source>
      <translation>本窗口中的下一条记录，停在同一时刻</translation>
    </message>
    <message>
      <source>The previous trace in this window, at the same moment</source>
      <translation>本窗口中的上一条记录，停在同一时刻</translation>
    </message>
    <message>
      <source>To the &amp;end</source>
      <translation>到末尾(&amp;E)</translation>
    </message>
    <message>
      <source>To the &amp;start</source>
      <translation>到开头(&amp;S)</translation>
    </message>
    <message>
      <source>To the end of the pass</source>
      <translation>到反向传播的末尾</translation>
    </message>
    <message>
      <source>To the start of the pass</source>
      <translation>到反向传播的开头</translation>
    </message>
    <message>
      <source>Toggle &amp;breakpoint</source>
      <translation>切换断点(&amp;B)</translation>
    </message>
    <message>
      <source>Up, Down</source>
      <translation>上、下</translation>
    </message>
    <message>
      <source>What can be done with a node or group</source>
      <translation>可对节点或分组进行的操作</translation>
    </message>
    <message>
      <source>Wheel</source>
      <translation>滚轮</translation>
    </message>
    <message>
      <source>Zoom</source>
      <translation>缩放</translation>
    </message>
  </context>
  <context>
    <name>events</name>
    <message>
      <source>Errors</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>Forward</source>
      <translation>前向</translation>
    </message>
    <message>
      <source>Gradients</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>Hooks</source>
      <translation>钩子</translation>
    </message>
    <message>
      <source>In-place writes</source>
      <translation>原地写入</translation>
    </message>
    <message>
      <source>Nodes running</source>
      <translation>节点执行</translation>
    </message>
    <message>
      <source>Optimizer</source>
      <translation>优化器</translation>
    </message>
    <message>
      <source>Passes</source>
      <translation>反向传播</translation>
    </message>
    <message>
      <source>Run</source>
      <translation>运行</translation>
    </message>
    <message>
      <source>Saved tensors</source>
      <translation>保存的张量</translation>
    </message>
    <message>
      <source>Scopes and marks</source>
      <translation>作用域与标记</translation>
    </message>
    <message>
      <source>accumulated</source>
      <translation>累加</translation>
    </message>
    <message>
      <source>backward ended</source>
      <translation>反向结束</translation>
    </message>
    <message>
      <source>backward started</source>
      <translation>反向开始</translation>
    </message>
    <message>
      <source>error</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>grad mode</source>
      <translation>梯度模式</translation>
    </message>
    <message>
      <source>grad reset</source>
      <translation>梯度重置</translation>
    </message>
    <message>
      <source>gradient</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>graph cut</source>
      <translation>脱离计算图</translation>
    </message>
    <message>
      <source>hook fired</source>
      <translation>钩子触发</translation>
    </message>
    <message>
      <source>hook removed</source>
      <translation>移除钩子</translation>
    </message>
    <message>
      <source>hook set</source>
      <translation>注册钩子</translation>
    </message>
    <message>
      <source>in-place write</source>
      <translation>原地写入</translation>
    </message>
    <message>
      <source>leaf</source>
      <translation>叶子</translation>
    </message>
    <message>
      <source>leaf named</source>
      <translation>叶子命名</translation>
    </message>
    <message>
      <source>mark</source>
      <translation>标记</translation>
    </message>
    <message>
      <source>node created</source>
      <translation>节点创建</translation>
    </message>
    <message>
      <source>node finished</source>
      <translation>节点完成</translation>
    </message>
    <message>
      <source>node started</source>
      <translation>节点开始</translation>
    </message>
    <message>
      <source>optimizer step</source>
      <translation>优化器更新</translation>
    </message>
    <message>
      <source>run ended</source>
      <translation>运行结束</translation>
    </message>
    <message>
      <source>run started</source>
      <translation>运行开始</translation>
    </message>
    <message>
      <source>saved</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>saved freed</source>
      <translation>释放保存</translation>
    </message>
    <message>
      <source>scope entered</source>
      <translation>进入作用域</translation>
    </message>
    <message>
      <source>scope left</source>
      <translation>离开作用域</translation>
    </message>
    <message>
      <source>unseen write</source>
      <translation>隐蔽写入</translation>
    </message>
  </context>
  <context>
    <name>formats</name>
    <message>
      <source>not measured</source>
      <translation>未测量</translation>
    </message>
    <message>
      <source>zero</source>
      <translation>零</translation>
    </message>
  </context>
  <context>
    <name>messages</name>
    <message>
      <source>(before recording)</source>
      <translation>（录制之前）</translation>
    </message>
    <message>
      <source>(not recorded)</source>
      <translation>（未记录）</translation>
    </message>
    <message>
      <source>(this event was lost)</source>
      <translation>（此事件已丢失）</translation>
    </message>
    <message>
      <source>.data</source>
      <translation>.data</translation>
    </message>
    <message>
      <source>.grad set to None: {names}</source>
      <translation>.grad 被设为 None：{names}</translation>
    </message>
    <message>
      <source>.grad set to zero: {names}</source>
      <translation>.grad 被置零：{names}</translation>
    </message>
    <message>
      <source>1 / sqrt(x) and its slope are infinite at 0: look for zeros in its input.</source>
      <translation>1 / sqrt(x) 及其导数在 0 处为无穷大：请检查它的输入中是否有零。</translation>
    </message>
    <message>
      <source>A sum</source>
      <translation>一个和</translation>
    </message>
    <message>
      <source>Before it these can make such numbers of finite ones: {nodes}.</source>
      <translation>在它之前，能由有限值产生这类数值的有：{nodes}。</translation>
    </message>
    <message>
      <source>Clipped too late</source>
      <translation>梯度裁剪得太晚</translation>
    </message>
    <message>
      <source>Entered {scope}</source>
      <translation>进入 {scope}</translation>
    </message>
    <message>
      <source>First NaN/Inf in {name}</source>
      <translation>{name} 中首个 NaN/Inf</translation>
    </message>
    <message>
      <source>Gradient always zero</source>
      <translation>梯度始终为零</translation>
    </message>
    <message>
      <source>Gradient possibly wrong</source>
      <translation>梯度可能有误</translation>
    </message>
    <message>
      <source>Gradient recording switched off</source>
      <translation>已关闭梯度记录</translation>
    </message>
    <message>
      <source>Gradient recording switched on</source>
      <translation>已开启梯度记录</translation>
    </message>
    <message>
      <source>Gradient recording was switched off and not on again.</source>
      <translation>梯度记录被关闭后没有再开启。</translation>
    </message>
    <message>
      <source>Gradient recording was switched off at {place} and not on again.</source>
      <translation>梯度记录在 {place} 处被关闭后没有再开启。</translation>
    </message>
    <message>
      <source>Gradient silently wrong</source>
      <translation>梯度错误且无提示</translation>
    </message>
    <message>
      <source>Gradients cleared too early</source>
      <translation>梯度清零得太早</translation>
    </message>
    <message>
      <source>Gradients explode</source>
      <translation>梯度爆炸</translation>
    </message>
    <message>
      <source>Gradients had grown before: the largest norm was {first} in {first_pass} and {last} in {last_pass}. Training diverges (a smaller step size or clipping would help).</source>
      <translation>在此之前梯度已不断增大：最大范数在 {first_pass} 中为 {first}，在 {last_pass} 中为 {last}。训练正在发散（减小学习率或裁剪梯度会有帮助）。</translation>
    </message>
    <message>
      <source>Gradients never cleared</source>
      <translation>梯度从未清零</translation>
    </message>
    <message>
      <source>Gradients vanish</source>
      <translation>梯度消失</translation>
    </message>
    <message>
      <source>Gradients were computed and cleared {count} times, and nothing ever changed {names}: the optimizer whose zero_grad() is at {place} made no step. Call its step() after backward().</source>
      <translation>梯度被计算并清零了 {count} 次，但 {names} 从未改变：{place} 处调用 zero_grad() 的优化器没有执行过更新。请在 backward() 之后调用它的 step()。</translation>
    </message>
    <message>
      <source>Graph grows from step to step</source>
      <translation>计算图逐步增长</translation>
    </message>
    <message>
      <source>Graphs kept by a sum</source>
      <translation>求和使计算图无法释放</translation>
    </message>
    <message>
      <source>Hook {hook} removed</source>
      <translation>移除钩子 {hook}</translation>
    </message>
    <message>
      <source>In {name} an element of the gradient of {early} was {small} on average (root mean square), of {late} {large}: the first layers hardly learn. ReLU or GELU instead of sigmoid or tanh, normalisation, or skip connections help.</source>
      <translation>在 {name} 中，{early} 的梯度元素平均（均方根）为 {small}，而 {late} 的为 {large}：前面的层几乎学不到东西。可用 ReLU 或 GELU 代替 sigmoid 或 tanh，或加入归一化、残差连接。</translation>
    </message>
    <message>
      <source>In {name} the gradient had norm {small} where it reached {late}, and {large} at {early}, {count} layers further back. Smaller initial weights, normalisation between the layers or clip_grad_norm_() help.</source>
      <translation>在 {name} 中，梯度到达 {late} 时范数为 {small}，再往回 {count} 层到 {early} 时已是 {large}。可减小初始权重、在层间加入归一化，或使用 clip_grad_norm_()。</translation>
    </message>
    <message>
      <source>It</source>
      <translation>它</translation>
    </message>
    <message>
      <source>It lies behind {node}: the elements that {choice} did not choose get a gradient of 0, and 0 times an infinite slope is NaN. Make the input of {op} harmless first (clamp it, or a second where() inside).</source>
      <translation>它位于 {node} 之后：{choice} 未选中的元素得到的梯度为 0，而 0 乘以无穷大的导数就是 NaN。请先让 {op} 的输入处于安全范围（用 clamp 截断，或在里面再用一次 where()）。</translation>
    </message>
    <message>
      <source>It multiplies by numbers of the forward: these were NaN or infinite already.</source>
      <translation>它要乘以前向传播中的数值，而那些数值已经是 NaN 或无穷大。</translation>
    </message>
    <message>
      <source>It was set to None at {place}, and no backward has brought another since.</source>
      <translation>它在 {place} 处被设为 None，此后没有反向传播再带来梯度。</translation>
    </message>
    <message>
      <source>It was set to None, and no backward has brought another since.</source>
      <translation>它被设为 None，此后没有反向传播再带来梯度。</translation>
    </message>
    <message>
      <source>Its result may have been too large for the dtype.</source>
      <translation>它的结果可能超出了该 dtype 的范围。</translation>
    </message>
    <message>
      <source>Leaf tensor {number} is called {name}</source>
      <translation>叶子张量 {number} 名为 {name}</translation>
    </message>
    <message>
      <source>Leaf {name}: {what}</source>
      <translation>叶子张量 {name}：{what}</translation>
    </message>
    <message>
      <source>Leaf {name}: {what}, requires no gradient</source>
      <translation>叶子张量 {name}：{what}，不需要梯度</translation>
    </message>
    <message>
      <source>Left {scope}</source>
      <translation>离开 {scope}</translation>
    </message>
    <message>
      <source>Look for zeros in its input.</source>
      <translation>请检查它的输入中是否有零。</translation>
    </message>
    <message>
      <source>Look for zeros in the divisor.</source>
      <translation>请检查除数中是否有零。</translation>
    </message>
    <message>
      <source>Loss of every pair</source>
      <translation>损失比较了每一对</translation>
    </message>
    <message>
      <source>Loss of probabilities</source>
      <translation>损失的输入是概率</translation>
    </message>
    <message>
      <source>Mark: {text}</source>
      <translation>标记：{text}</translation>
    </message>
    <message>
      <source>NaN or Inf</source>
      <translation>NaN 或 Inf</translation>
    </message>
    <message>
      <source>Never updated</source>
      <translation>从未更新</translation>
    </message>
    <message>
      <source>No backward began at anything computed from {it}; the last such was {node}.</source>
      <translation>没有任何一次反向传播从由{it}计算出的结果开始；最后一个这样的结果是 {node}。</translation>
    </message>
    <message>
      <source>No backward has run since {node} was computed from {it}.</source>
      <translation>自从由{it}计算出 {node} 以来，没有执行过反向传播。</translation>
    </message>
    <message>
      <source>No gradient</source>
      <translation>没有梯度</translation>
    </message>
    <message>
      <source>No leaf got any of it in {name}.</source>
      <translation>在 {name} 中，它没有传到任何叶子张量。</translation>
    </message>
    <message>
      <source>No step was made</source>
      <translation>优化器从未更新</translation>
    </message>
    <message>
      <source>Node hook</source>
      <translation>节点钩子</translation>
    </message>
    <message>
      <source>Node pre-hook</source>
      <translation>节点前置钩子</translation>
    </message>
    <message>
      <source>Not covered: {sentence}</source>
      <translation>未覆盖：{sentence}</translation>
    </message>
    <message>
      <source>Nothing before it makes such numbers of moderate ones: look for them in the data, too.</source>
      <translation>在它之前没有操作会由普通大小的数值产生这类数值：也请检查数据中是否已有 NaN 或无穷大。</translation>
    </message>
    <message>
      <source>Nothing was computed from {it}.</source>
      <translation>没有用{it}计算过任何东西。</translation>
    </message>
    <message>
      <source>Only {pass} began at what was computed from {it}, and asked for other gradients.</source>
      <translation>只有 {pass} 从由{it}计算出的结果开始，但它求的是其他梯度。</translation>
    </message>
    <message>
      <source>Parameter made anew</source>
      <translation>参数被反复新建</translation>
    </message>
    <message>
      <source>Post-accumulate hook</source>
      <translation>梯度累加后钩子</translation>
    </message>
    <message>
      <source>PyTorch {version} has no {names}: {lost}</source>
      <translation>PyTorch {version} 没有 {names}：{lost}</translation>
    </message>
    <message>
      <source>PyTorch {version} is not recorded: it has no {names}</source>
      <translation>未记录 PyTorch {version}：它没有 {names}</translation>
    </message>
    <message>
      <source>PyTorch {version} is not recorded: {reason}</source>
      <translation>未记录 PyTorch {version}：{reason}</translation>
    </message>
    <message>
      <source>Recording began</source>
      <translation>录制开始</translation>
    </message>
    <message>
      <source>Recording ended</source>
      <translation>录制结束</translation>
    </message>
    <message>
      <source>Recording ended by an exception</source>
      <translation>录制因异常结束</translation>
    </message>
    <message>
      <source>Recording ended: the program exited with status {status}</source>
      <translation>录制结束：程序以状态码 {status} 退出</translation>
    </message>
    <message>
      <source>Recording of {command} began</source>
      <translation>开始录制 {command}</translation>
    </message>
    <message>
      <source>Saved tensor overwritten</source>
      <translation>保存的张量被改写</translation>
    </message>
    <message>
      <source>Saved tensors already freed</source>
      <translation>保存的张量已释放</translation>
    </message>
    <message>
      <source>Saved-tensor hook</source>
      <translation>保存张量的钩子</translation>
    </message>
    <message>
      <source>Step</source>
      <translation>步</translation>
    </message>
    <message>
      <source>Step {text}</source>
      <translation>步：{text}</translation>
    </message>
    <message>
      <source>Tensor hook</source>
      <translation>张量钩子</translation>
    </message>
    <message>
      <source>The gradient of {names} was 0 in every element, in all {count} passes.</source>
      <translation>{names} 的梯度在全部 {count} 次反向传播中每个元素都是 0。</translation>
    </message>
    <message>
      <source>The gradient that entered at {node} was not finite: {broken}.</source>
      <translation>从 {node} 进入的梯度不是有限值：{broken}。</translation>
    </message>
    <message>
      <source>The gradients of this process were finite: it came from another one.</source>
      <translation>本进程的梯度都是有限值：它来自另一个进程。</translation>
    </message>
    <message>
      <source>The gradients of {names} were 0 in every element, in all {count} passes.</source>
      <translation>{names} 的梯度在全部 {count} 次反向传播中每个元素都是 0。</translation>
    </message>
    <message>
      <source>The hook {hook} at {node} made it: {broken}.</source>
      <translation>它由 {node} 上的钩子 {hook} 造成：{broken}。</translation>
    </message>
    <message>
      <source>The result of {node}</source>
      <translation>{node} 的结果</translation>
    </message>
    <message>
      <source>The slope of acos at 1 and -1 is infinite.</source>
      <translation>acos 在 1 和 -1 处的导数为无穷大。</translation>
    </message>
    <message>
      <source>The slope of asin at 1 and -1 is infinite.</source>
      <translation>asin 在 1 和 -1 处的导数为无穷大。</translation>
    </message>
    <message>
      <source>The slope of log at 0 is infinite: look for zeros in its input.</source>
      <translation>log 在 0 处的导数为无穷大：请检查它的输入中是否有零。</translation>
    </message>
    <message>
      <source>The slope of log10 at 0 is infinite: look for zeros in its input.</source>
      <translation>log10 在 0 处的导数为无穷大：请检查它的输入中是否有零。</translation>
    </message>
    <message>
      <source>The slope of log2 at 0 is infinite: look for zeros in its input.</source>
      <translation>log2 在 0 处的导数为无穷大：请检查它的输入中是否有零。</translation>
    </message>
    <message>
      <source>The slope of sqrt at 0 is infinite: look for zeros in its input.</source>
      <translation>sqrt 在 0 处的导数为无穷大：请检查它的输入中是否有零。</translation>
    </message>
    <message>
      <source>The sum that reached {name} has {broken}.</source>
      <translation>到达 {name} 的梯度之和不是有限值：{broken}。</translation>
    </message>
    <message>
      <source>They are used inside {module} and are not among its parameters(): layers belong into attributes of it, and lists of layers into an nn.ModuleList.</source>
      <translation>它们在 {module} 内部被使用，却不在它的 parameters() 之中：层应当是它的属性，层的列表应放进 nn.ModuleList。</translation>
    </message>
    <message>
      <source>Thread {name} began</source>
      <translation>线程 {name} 开始</translation>
    </message>
    <message>
      <source>With p &lt; 1 the slope of x ** p at 0 is infinite; otherwise its input was too large, or not finite already.</source>
      <translation>p &lt; 1 时，x ** p 在 0 处的导数为无穷大；否则就是它的输入过大，或已经不是有限值。</translation>
    </message>
    <message>
      <source>a backward inside a backward is taken for a part of it</source>
      <translation>嵌套在反向传播中的反向传播会被当作外层的一部分</translation>
    </message>
    <message>
      <source>a backward ran in a thread that was not started during the recording: other calls in that thread are not recorded</source>
      <translation>有一次反向传播在并非录制期间启动的线程中执行：该线程中的其他调用未被记录</translation>
    </message>
    <message>
      <source>a column of the trace has an unknown data type</source>
      <translation>记录中有一列的数据类型未知</translation>
    </message>
    <message>
      <source>a column of the trace has the wrong length</source>
      <translation>记录中有一列的长度不对</translation>
    </message>
    <message>
      <source>a column of the trace has values out of range</source>
      <translation>记录中有一列的值超出范围</translation>
    </message>
    <message>
      <source>a column of the trace is compressed in an unknown way</source>
      <translation>记录中有一列的压缩方式未知</translation>
    </message>
    <message>
      <source>a column of the trace is stored in an unknown way</source>
      <translation>记录中有一列的存储方式未知</translation>
    </message>
    <message>
      <source>a column of the trace reaches beyond its table</source>
      <translation>记录中有一列超出了它所在的表</translation>
    </message>
    <message>
      <source>a column was left out: {column}: {reason}</source>
      <translation>略去了一列：{column}：{reason}</translation>
    </message>
    <message>
      <source>a compressed part of the trace has the wrong length</source>
      <translation>记录中有一段压缩数据的长度不对</translation>
    </message>
    <message>
      <source>a compressed part of the trace is damaged: {reason}</source>
      <translation>记录中有一段压缩数据已损坏：{reason}</translation>
    </message>
    <message>
      <source>a dtype that carries no gradient</source>
      <translation>不能携带梯度的 dtype</translation>
    </message>
    <message>
      <source>a frame of the trace is too short</source>
      <translation>记录中有一帧过短</translation>
    </message>
    <message>
      <source>a leaf accumulates as soon as it is ready</source>
      <translation>叶子张量一旦就绪就累加梯度</translation>
    </message>
    <message>
      <source>a node made before recording</source>
      <translation>一个在录制前创建的节点</translation>
    </message>
    <message>
      <source>a part of the trace is not valid JSON: {reason}</source>
      <translation>记录中有一部分不是有效的 JSON：{reason}</translation>
    </message>
    <message>
      <source>a part of these steps did not fit into {limit} bytes and was forgotten: see keep_bytes</source>
      <translation>这些步中有一部分超出 {limit} 字节的上限，已被丢弃：见 keep_bytes</translation>
    </message>
    <message>
      <source>a result</source>
      <translation>一个结果</translation>
    </message>
    <message>
      <source>a selection</source>
      <translation>选择操作</translation>
    </message>
    <message>
      <source>a shape in the trace is unreadable and is shown as that of a scalar</source>
      <translation>记录中有一个形状无法读取，按标量显示</translation>
    </message>
    <message>
      <source>a softmax over one element is 1 whatever its input: look at its dim.</source>
      <translation>对单个元素做 softmax，无论输入是什么结果都是 1：请检查它的 dim。</translation>
    </message>
    <message>
      <source>a table of the trace is too short</source>
      <translation>记录中有一张表过短</translation>
    </message>
    <message>
      <source>a table of the trace is too short for its directory</source>
      <translation>记录中有一张表过短，放不下它的目录</translation>
    </message>
    <message>
      <source>a tensor</source>
      <translation>一个张量</translation>
    </message>
    <message>
      <source>after {count} node alike {one} runs {node}, {other} {other_node}</source>
      <translation>在 {count} 个相同的节点之后，{one} 执行 {node}，{other} 则执行 {other_node}</translation>
    </message>
    <message>
      <source>after {count} nodes alike {one} runs {node}, {other} {other_node}</source>
      <translation>在 {count} 个相同的节点之后，{one} 执行 {node}，{other} 则执行 {other_node}</translation>
    </message>
    <message>
      <source>all {count} backward passes</source>
      <translation>全部 {count} 次反向传播</translation>
    </message>
    <message>
      <source>all {count} gradients arrived</source>
      <translation>{count} 个梯度均已到达</translation>
    </message>
    <message>
      <source>all {count} leaves</source>
      <translation>全部 {count} 个叶子张量</translation>
    </message>
    <message>
      <source>all {count} optimizer steps</source>
      <translation>全部 {count} 次优化器更新</translation>
    </message>
    <message>
      <source>all {count} uses finished</source>
      <translation>{count} 处使用均已完成</translation>
    </message>
    <message>
      <source>an operation that has no derivative</source>
      <translation>不可导的操作</translation>
    </message>
    <message>
      <source>an operation under no_grad</source>
      <translation>no_grad 下的操作</translation>
    </message>
    <message>
      <source>at backward pass #{number} in {count} of {total} leaf, the first is {leaf}: {gradients}</source>
      <translation>第 {number} 次反向传播时，{total} 个叶子张量中有 {count} 个不同，第一个是 {leaf}：{gradients}</translation>
    </message>
    <message>
      <source>at backward pass #{number} in {count} of {total} leaves, the first is {leaf}: {gradients}</source>
      <translation>第 {number} 次反向传播时，{total} 个叶子张量中有 {count} 个不同，第一个是 {leaf}：{gradients}</translation>
    </message>
    <message>
      <source>at level structure, errors in custom functions name no node</source>
      <translation>在 structure 级别，自定义函数中的错误不指明节点</translation>
    </message>
    <message>
      <source>at optimizer step #{number} in {count} of {total} leaf, the first is {leaf}: {gradients}</source>
      <translation>第 {number} 次优化器更新时，{total} 个叶子张量中有 {count} 个不同，第一个是 {leaf}：{gradients}</translation>
    </message>
    <message>
      <source>at optimizer step #{number} in {count} of {total} leaves, the first is {leaf}: {gradients}</source>
      <translation>第 {number} 次优化器更新时，{total} 个叶子张量中有 {count} 个不同，第一个是 {leaf}：{gradients}</translation>
    </message>
    <message>
      <source>calls from within a backward pass are not recorded</source>
      <translation>不记录反向传播内部发出的调用</translation>
    </message>
    <message>
      <source>calls in other threads are not recorded</source>
      <translation>不记录其他线程中的调用</translation>
    </message>
    <message>
      <source>calls inside torch.func transformations are recorded like any other</source>
      <translation>torch.func 变换内部的调用会像其他调用一样被记录</translation>
    </message>
    <message>
      <source>calls inside transformations of torch.func (grad, vmap, ...) are not recorded</source>
      <translation>不记录 torch.func 变换（grad、vmap 等）内部的调用</translation>
    </message>
    <message>
      <source>calls of backward() and what happens in them are not recorded</source>
      <translation>不记录 backward() 调用及其中发生的事情</translation>
    </message>
    <message>
      <source>cannot open the trace {path}: {reason}</source>
      <translation>无法打开记录 {path}：{reason}</translation>
    </message>
    <message>
      <source>cannot read the trace {path}: {reason}</source>
      <translation>无法读取记录 {path}：{reason}</translation>
    </message>
    <message>
      <source>cannot read {path}: {reason}</source>
      <translation>无法读取 {path}：{reason}</translation>
    </message>
    <message>
      <source>cannot write the trace {path}: {reason}</source>
      <translation>无法写入记录 {path}：{reason}</translation>
    </message>
    <message>
      <source>cannot write the trace {path}: {reason}; {hint}</source>
      <translation>无法写入记录 {path}：{reason}；{hint}</translation>
    </message>
    <message>
      <source>custom functions are recorded at the next call that uses their result</source>
      <translation>自定义函数在其结果被下一次调用用到时才会被记录</translation>
    </message>
    <message>
      <source>detach()</source>
      <translation>detach()</translation>
    </message>
    <message>
      <source>each ended with an exception</source>
      <translation>均因异常结束</translation>
    </message>
    <message>
      <source>each exited</source>
      <translation>均已退出</translation>
    </message>
    <message>
      <source>each ran to its end</source>
      <translation>均运行到结束</translation>
    </message>
    <message>
      <source>each was cut off</source>
      <translation>均被中断</translation>
    </message>
    <message>
      <source>events of it were lost</source>
      <translation>它的部分事件已丢失</translation>
    </message>
    <message>
      <source>events of types that only a newer gradtrace knows were left out: {count} ({names})</source>
      <translation>略去了只有更新版本的 gradtrace 才认识的事件类型：{count} 个（{names}）</translation>
    </message>
    <message>
      <source>first in {names}, in {name}</source>
      <translation>最先出现在 {names} 的 {name} 中</translation>
    </message>
    <message>
      <source>float16 ends at 65504: scale the loss (GradScaler), or use bfloat16 or float32.</source>
      <translation>float16 最大只到 65504：请缩放损失（GradScaler），或改用 bfloat16 或 float32。</translation>
    </message>
    <message>
      <source>gradients</source>
      <translation>梯度</translation>
    </message>
    <message>
      <source>graphs</source>
      <translation>计算图</translation>
    </message>
    <message>
      <source>highest sequence number among the {count} ready nodes</source>
      <translation>在 {count} 个就绪节点中序号最大</translation>
    </message>
    <message>
      <source>hooks of the program on nodes are not recorded</source>
      <translation>不记录程序注册在节点上的钩子</translation>
    </message>
    <message>
      <source>hooks of the program on tensors are recorded when registered, not when they fire</source>
      <translation>程序注册在张量上的钩子只在注册时记录，触发时不记录</translation>
    </message>
    <message>
      <source>in {leaves} at {moments}</source>
      <translation>{moments}时的{leaves}</translation>
    </message>
    <message>
      <source>inside scripted code only nodes are recorded, at the line that calls it</source>
      <translation>脚本化（torch.jit.script）代码内部只记录节点，并归于调用它的那一行</translation>
    </message>
    <message>
      <source>it</source>
      <translation>它</translation>
    </message>
    <message>
      <source>it does not fit into memory</source>
      <translation>内存放不下</translation>
    </message>
    <message>
      <source>it does not say which source file it holds</source>
      <translation>没有说明它保存的是哪个源文件</translation>
    </message>
    <message>
      <source>it failed at a node that it should not have reached</source>
      <translation>它在本不该到达的节点上出错</translation>
    </message>
    <message>
      <source>it failed, and at which node is not known</source>
      <translation>它出错了，但不知道在哪个节点</translation>
    </message>
    <message>
      <source>it has the wrong length</source>
      <translation>长度不对</translation>
    </message>
    <message>
      <source>it holds no list of source positions</source>
      <translation>其中不是源代码位置的列表</translation>
    </message>
    <message>
      <source>it holds no list of strings</source>
      <translation>其中不是字符串的列表</translation>
    </message>
    <message>
      <source>it is damaged</source>
      <translation>数据已损坏</translation>
    </message>
    <message>
      <source>it is no array of booleans</source>
      <translation>不是布尔数组</translation>
    </message>
    <message>
      <source>it was interrupted, and where is not known</source>
      <translation>它被中断，但不知道在何处</translation>
    </message>
    <message>
      <source>it was restricted to inputs that the recording does not know</source>
      <translation>它只针对某些输入求梯度，而记录中没有这些输入</translation>
    </message>
    <message>
      <source>item()</source>
      <translation>item()</translation>
    </message>
    <message>
      <source>its columns do not fit together</source>
      <translation>各列不一致</translation>
    </message>
    <message>
      <source>its derivative is 0 everywhere.</source>
      <translation>它的导数处处为 0。</translation>
    </message>
    <message>
      <source>its event ids are not in order</source>
      <translation>事件编号顺序不对</translation>
    </message>
    <message>
      <source>its event ids make no sense</source>
      <translation>事件编号不合理</translation>
    </message>
    <message>
      <source>its graph was not recorded</source>
      <translation>它的计算图未被记录</translation>
    </message>
    <message>
      <source>its graph was still being made</source>
      <translation>它的计算图当时仍在建立</translation>
    </message>
    <message>
      <source>its hooks fired in an order that does not follow from its graph</source>
      <translation>其钩子的触发次序与计算图不符</translation>
    </message>
    <message>
      <source>its numbers do not follow on those before</source>
      <translation>编号与前面的不连续</translation>
    </message>
    <message>
      <source>its only consumer finished</source>
      <translation>唯一的使用者已完成</translation>
    </message>
    <message>
      <source>its own graph goes back into the earlier one, as {user} was given {name} of {maker}. Unless both are to be trained together, detach() it in between.</source>
      <translation>它自己的计算图又连回了前一次的计算图，因为 {user} 用到了 {maker} 产生的 {name}。若不打算把两者一起训练，请在两者之间对它调用 detach()。</translation>
    </message>
    <message>
      <source>its results were so close to their limits that the slope is 0 in {dtype}.</source>
      <translation>它的结果过于接近极限值，以至于导数在 {dtype} 下为 0。</translation>
    </message>
    <message>
      <source>its rows make no sense</source>
      <translation>行数据不合理</translation>
    </message>
    <message>
      <source>its shape or data type makes no sense</source>
      <translation>形状或数据类型不合理</translation>
    </message>
    <message>
      <source>modules are not recorded as scopes</source>
      <translation>不会把模块记录为作用域</translation>
    </message>
    <message>
      <source>nested tensors: of their gradients the numbers of all parts are recorded, one behind the other</source>
      <translation>嵌套张量：其梯度记录的是所有部分的数值，依次相接</translation>
    </message>
    <message>
      <source>no other node</source>
      <translation>没有其他节点</translation>
    </message>
    <message>
      <source>nodes were found only when backward() started: they were made before the recording, or where it does not look</source>
      <translation>有些节点直到 backward() 开始时才被发现：它们在录制开始之前，或在录制看不到的地方创建</translation>
    </message>
    <message>
      <source>none of its inputs was where its slope is other than 0 (a dead ReLU, or a clamp).</source>
      <translation>它的输入没有一个落在导数不为 0 的区间（神经元死亡的 ReLU，或 clamp）。</translation>
    </message>
    <message>
      <source>none to compare</source>
      <translation>没有可比较的梯度</translation>
    </message>
    <message>
      <source>nothing</source>
      <translation>无</translation>
    </message>
    <message>
      <source>numpy()</source>
      <translation>numpy()</translation>
    </message>
    <message>
      <source>only scope {names}</source>
      <translation>仅作用域 {names}</translation>
    </message>
    <message>
      <source>only scopes {names}</source>
      <translation>仅作用域 {names}</translation>
    </message>
    <message>
      <source>order worked out from the engine's rule; durations and gradients were not recorded at this level</source>
      <translation>执行次序由引擎的规则推算得出；此级别不记录耗时和梯度</translation>
    </message>
    <message>
      <source>outcome</source>
      <translation>结果</translation>
    </message>
    <message>
      <source>outside</source>
      <translation>外部</translation>
    </message>
    <message>
      <source>parameters are spread over processes: of what is spread the trace has the part of this process</source>
      <translation>参数分散在多个进程上：对分散的部分，本记录只含本进程的那一份</translation>
    </message>
    <message>
      <source>part of its graph was not recorded</source>
      <translation>它的计算图有一部分未被记录</translation>
    </message>
    <message>
      <source>parts of the trace that repeat events were left out</source>
      <translation>略去了记录中重复事件的部分</translation>
    </message>
    <message>
      <source>recorded without numbers, which cannot be compared</source>
      <translation>没有记录数值，无法比较</translation>
    </message>
    <message>
      <source>retain_grad()</source>
      <translation>retain_grad()</translation>
    </message>
    <message>
      <source>retain_grad() kept {gradient} at {node}</source>
      <translation>retain_grad() 在 {node} 处保留了 {gradient}</translation>
    </message>
    <message>
      <source>retain_grad() on {owner}</source>
      <translation>对 {owner} 调用 retain_grad()</translation>
    </message>
    <message>
      <source>retain_graph=True in the earlier call would keep it.</source>
      <translation>在前一次调用中传入 retain_graph=True 即可保留它们。</translation>
    </message>
    <message>
      <source>root</source>
      <translation>它是起点</translation>
    </message>
    <message>
      <source>saved tensors are not recorded</source>
      <translation>不记录保存的张量</translation>
    </message>
    <message>
      <source>scalar</source>
      <translation>标量</translation>
    </message>
    <message>
      <source>shapes of intermediate results inside a call are not recorded</source>
      <translation>不记录一次调用内部中间结果的形状</translation>
    </message>
    <message>
      <source>some names or source positions were lost</source>
      <translation>有些名称或源代码位置已丢失</translation>
    </message>
    <message>
      <source>some names were lost</source>
      <translation>有些名称已丢失</translation>
    </message>
    <message>
      <source>some source positions were lost</source>
      <translation>有些源代码位置已丢失</translation>
    </message>
    <message>
      <source>step {number}</source>
      <translation>第 {number} 步</translation>
    </message>
    <message>
      <source>step {number} was not recorded</source>
      <translation>第 {number} 步未记录</translation>
    </message>
    <message>
      <source>steps of optimizers are recorded as the writes they make</source>
      <translation>优化器的更新被记录为它所做的写入</translation>
    </message>
    <message>
      <source>steps {first} to {last} were not recorded</source>
      <translation>第 {first} 到 {last} 步未记录</translation>
    </message>
    <message>
      <source>steps {numbers}</source>
      <translation>第 {numbers} 步</translation>
    </message>
    <message>
      <source>tensors on a device other than the CPU: recording those is not tested</source>
      <translation>有张量位于 CPU 以外的设备上：录制这类张量未经测试</translation>
    </message>
    <message>
      <source>tensors without memory of their own (sparse, for example): which of them share memory is not known</source>
      <translation>有张量没有自己的内存（例如稀疏张量）：无法得知其中哪些共享内存</translation>
    </message>
    <message>
      <source>that is what its own backward() returned.</source>
      <translation>这是它自己的 backward() 返回的结果。</translation>
    </message>
    <message>
      <source>the description of the columns in the trace's header makes no sense</source>
      <translation>记录文件头中对各列的说明不合理</translation>
    </message>
    <message>
      <source>the directory of recorded arrays makes no sense</source>
      <translation>已记录数组的目录不合理</translation>
    </message>
    <message>
      <source>the end record makes no sense</source>
      <translation>结尾记录不合理</translation>
    </message>
    <message>
      <source>the file ends with bytes that do not belong to the trace; they were left out</source>
      <translation>文件末尾有不属于此记录的字节，已略去</translation>
    </message>
    <message>
      <source>the file's header is not that of a trace</source>
      <translation>文件头不是 gradtrace 记录的文件头</translation>
    </message>
    <message>
      <source>the last {kept} of {all} step</source>
      <translation>共 {all} 步中的最后 {kept} 步</translation>
    </message>
    <message>
      <source>the last {kept} of {all} steps</source>
      <translation>共 {all} 步中的最后 {kept} 步</translation>
    </message>
    <message>
      <source>the last {rest} bytes are incomplete and were left out</source>
      <translation>最后 {rest} 个字节不完整，已略去</translation>
    </message>
    <message>
      <source>the only backward pass</source>
      <translation>唯一一次反向传播</translation>
    </message>
    <message>
      <source>the only leaf</source>
      <translation>唯一的叶子张量</translation>
    </message>
    <message>
      <source>the only optimizer step</source>
      <translation>唯一一次优化器更新</translation>
    </message>
    <message>
      <source>the part at byte {byte} was left out: {reason}</source>
      <translation>略去了字节 {byte} 处的部分：{reason}</translation>
    </message>
    <message>
      <source>the program forked worker processes, which record nothing</source>
      <translation>程序派生（fork）了工作进程，这些进程不记录任何内容</translation>
    </message>
    <message>
      <source>the program records into {path} itself: see there</source>
      <translation>程序自己录制到 {path}：请看那里</translation>
    </message>
    <message>
      <source>the program's own recording is over</source>
      <translation>程序自己的录制已结束</translation>
    </message>
    <message>
      <source>the recorded array {number} cannot be shown: {reason}</source>
      <translation>无法显示已记录的数组 {number}：{reason}</translation>
    </message>
    <message>
      <source>the recorded text of {file} cannot be shown: {reason}</source>
      <translation>无法显示已记录的 {file} 的文本：{reason}</translation>
    </message>
    <message>
      <source>the recording ended before it did</source>
      <translation>录制在它结束之前就结束了</translation>
    </message>
    <message>
      <source>the recording stopped early: {reason}</source>
      <translation>录制提前停止：{reason}</translation>
    </message>
    <message>
      <source>the recording was cut off, or is still being written: there is no end record</source>
      <translation>录制中断，或仍在写入：没有结尾记录</translation>
    </message>
    <message>
      <source>the removal of hooks is not recorded</source>
      <translation>不记录钩子的移除</translation>
    </message>
    <message>
      <source>the run has too many events</source>
      <translation>运行中的事件过多</translation>
    </message>
    <message>
      <source>the same nodes in the same order in all {count} passes</source>
      <translation>全部 {count} 次反向传播中，节点及其次序都相同</translation>
    </message>
    <message>
      <source>the same nodes in the same order in the only pass</source>
      <translation>唯一一次反向传播中，节点及其次序都相同</translation>
    </message>
    <message>
      <source>the trace claims to hold far more data than a file of its size can; it was not read further</source>
      <translation>记录声称的数据量远超这样大小的文件所能容纳，因此没有继续读取</translation>
    </message>
    <message>
      <source>the trace does not say which version of the format it has</source>
      <translation>记录没有说明它的格式版本</translation>
    </message>
    <message>
      <source>the trace has format version {version}, and this gradtrace reads version {known}; open it with a newer gradtrace</source>
      <translation>记录的格式版本是 {version}，而此 gradtrace 只能读取版本 {known}；请用更新版本的 gradtrace 打开</translation>
    </message>
    <message>
      <source>the trace has format version {version}, and this gradtrace reads version {known}; open it with an older gradtrace</source>
      <translation>记录的格式版本是 {version}，而此 gradtrace 只能读取版本 {known}；请用更旧版本的 gradtrace 打开</translation>
    </message>
    <message>
      <source>the trace needs features that this gradtrace does not have: {names}; open it with a newer gradtrace</source>
      <translation>记录需要此 gradtrace 没有的功能：{names}；请用更新版本的 gradtrace 打开</translation>
    </message>
    <message>
      <source>the trace {path} is too large for this machine's memory</source>
      <translation>记录 {path} 过大，本机内存放不下</translation>
    </message>
    <message>
      <source>the trace's list of required features makes no sense</source>
      <translation>记录所需功能的列表不合理</translation>
    </message>
    <message>
      <source>them</source>
      <translation>它们</translation>
    </message>
    <message>
      <source>this PyTorch compiles in a way that is not known: compiled code may run otherwise than alone</source>
      <translation>此版本 PyTorch 的编译方式未知：编译后的代码的运行方式可能与不录制时不同</translation>
    </message>
    <message>
      <source>those that {function}() picks</source>
      <translation>由 {function}() 选出的步</translation>
    </message>
    <message>
      <source>torch.compile was switched off for this recording: what it would have compiled ran uncompiled</source>
      <translation>本次录制关闭了 torch.compile：原本要编译的代码以未编译的方式运行</translation>
    </message>
    <message>
      <source>undefined gradient</source>
      <translation>梯度未定义</translation>
    </message>
    <message>
      <source>what in-place writes to views saved for backward cannot be seen from outside</source>
      <translation>对视图的原地写入为反向传播保存了什么，从外部无法看到</translation>
    </message>
    <message>
      <source>what it multiplies by was 0 everywhere.</source>
      <translation>与之相乘的数值处处为 0。</translation>
    </message>
    <message>
      <source>what its nodes did was not recorded at this level and cannot be worked out: {reason}</source>
      <translation>此级别不记录其节点的执行过程，也无法推算：{reason}</translation>
    </message>
    <message>
      <source>what torch.compile compiled is one node: --compile eager runs and records it uncompiled</source>
      <translation>torch.compile 编译的部分只是一个节点：用 --compile eager 可以不编译地运行并记录它</translation>
    </message>
    <message>
      <source>what was saved under saved-tensor hooks (checkpoints, offloading) is not known</source>
      <translation>在保存张量的钩子（检查点、卸载）之下保存了什么无法得知</translation>
    </message>
    <message>
      <source>which tensors share memory is not recorded</source>
      <translation>不记录哪些张量共享内存</translation>
    </message>
    <message>
      <source>while torch.jit.trace or torch.export ran the program's code, nothing was recorded</source>
      <translation>torch.jit.trace 或 torch.export 运行程序代码期间没有记录任何内容</translation>
    </message>
    <message>
      <source>zero_grad() at {place} cleared the gradient of {names} before {step} could use it, {count} times, and no other step ever did: it is not trained. Clear gradients before backward(), or after the step.</source>
      <translation>{place} 处的 zero_grad() 在 {step} 用到 {names} 的梯度之前就把它清零了，共 {count} 次，其他更新也从未用到它：它没有得到训练。请在 backward() 之前或更新之后再清零梯度。</translation>
    </message>
    <message>
      <source>zero_grad() at {place} cleared the gradients of {names} before {step} could use them, {count} times, and no other step ever did: they are not trained. Clear gradients before backward(), or after the step.</source>
      <translation>{place} 处的 zero_grad() 在 {step} 用到 {names} 的梯度之前就把它们清零了，共 {count} 次，其他更新也从未用到它们：它们没有得到训练。请在 backward() 之前或更新之后再清零梯度。</translation>
    </message>
    <message>
      <source>zero_grad() of modules is recorded as a reset of each gradient</source>
      <translation>模块的 zero_grad() 被记录为逐个重置梯度</translation>
    </message>
    <message>
      <source>zero_grad() of optimizers is recorded as a reset of each gradient</source>
      <translation>优化器的 zero_grad() 被记录为逐个重置梯度</translation>
    </message>
    <message>
      <source>{broken} in {count} elements</source>
      <translation>{count} 个元素中有 {broken}</translation>
    </message>
    <message>
      <source>{broken} of {count}</source>
      <translation>{broken} / {count}</translation>
    </message>
    <message>
      <source>{broken}, {shape}</source>
      <translation>{broken}，{shape}</translation>
    </message>
    <message>
      <source>{clip} runs after {step}, and what it clipped is cleared before the next step: it has no effect. Call it between backward() and step().</source>
      <translation>{clip} 在 {step} 之后才执行，裁剪过的梯度在下一次更新之前就被清零：它没有任何作用。请在 backward() 与 step() 之间调用它。</translation>
    </message>
    <message>
      <source>{count} byte</source>
      <translation>{count} 字节</translation>
    </message>
    <message>
      <source>{count} bytes</source>
      <translation>{count} 字节</translation>
    </message>
    <message>
      <source>{count} events were missed because the program's call stack was full</source>
      <translation>由于程序的调用栈已满，漏记了 {count} 个事件</translation>
    </message>
    <message>
      <source>{count} of {total} passes have NaN or Inf.</source>
      <translation>{total} 次反向传播中有 {count} 次含有 NaN 或 Inf。</translation>
    </message>
    <message>
      <source>{count} of {total} step were recorded: {which}; asked for: {selection}</source>
      <translation>共 {total} 步，记录了 {count} 步：{which}；要求的是：{selection}</translation>
    </message>
    <message>
      <source>{count} of {total} step were recorded; asked for: {selection}</source>
      <translation>共 {total} 步，记录了 {count} 步；要求的是：{selection}</translation>
    </message>
    <message>
      <source>{count} of {total} steps were recorded: {which}; asked for: {selection}</source>
      <translation>共 {total} 步，记录了 {count} 步：{which}；要求的是：{selection}</translation>
    </message>
    <message>
      <source>{count} of {total} steps were recorded; asked for: {selection}</source>
      <translation>共 {total} 步，记录了 {count} 步；要求的是：{selection}</translation>
    </message>
    <message>
      <source>{count} times an array larger than {limit} bytes was not recorded: see max_value_bytes of record()</source>
      <translation>有 {count} 次因数组大于 {limit} 字节而未记录：见 record() 的 max_value_bytes</translation>
    </message>
    <message>
      <source>{count} times an array was not recorded as there were enough: see max_total_bytes of record()</source>
      <translation>有 {count} 次因记录的数组已达总量上限而未记录：见 record() 的 max_total_bytes</translation>
    </message>
    <message>
      <source>{count} {kind}</source>
      <translation>{count} 个 {kind}</translation>
    </message>
    <message>
      <source>{detail} ({count} times.)</source>
      <translation>{detail}（共 {count} 次。）</translation>
    </message>
    <message>
      <source>{first} freed what {node} had saved, and {second} needs it again: {advice}</source>
      <translation>{first} 释放了 {node} 保存的张量，而 {second} 又需要它们：{advice}</translation>
    </message>
    <message>
      <source>{first} ran {few} nodes and {last} {many}: each goes back through the graphs of all before it, since something made in one step is used in the next. detach() it there (a hidden state, a running mean), and retain_graph=True is not needed.</source>
      <translation>{first} 执行了 {few} 个节点，{last} 执行了 {many} 个：每一次都要回溯之前所有的计算图，因为某一步产生的张量被下一步继续使用。请在那里对它（隐藏状态、滑动平均等）调用 detach()，这样也就不需要 retain_graph=True。</translation>
    </message>
    <message>
      <source>{first} to {last}</source>
      <translation>{first} 到 {last}</translation>
    </message>
    <message>
      <source>{gradient} in {name}</source>
      <translation>{name} 中为 {gradient}</translation>
    </message>
    <message>
      <source>{items}, {more}</source>
      <translation>{items}、{more}</translation>
    </message>
    <message>
      <source>{kind} {hook} put on {owner}</source>
      <translation>{kind} {hook} 注册到 {owner}</translation>
    </message>
    <message>
      <source>{kind} {hook} ran at {node}</source>
      <translation>{kind} {hook} 在 {node} 处执行</translation>
    </message>
    <message>
      <source>{kind} {hook} ran at {node}: .grad became {after}</source>
      <translation>{kind} {hook} 在 {node} 处执行：.grad 变为 {after}</translation>
    </message>
    <message>
      <source>{kind} {hook} ran at {node}: {before} became {after}</source>
      <translation>{kind} {hook} 在 {node} 处执行：{before} 变为 {after}</translation>
    </message>
    <message>
      <source>{lost} of {total} events could not be read</source>
      <translation>{total} 个事件中有 {lost} 个无法读取</translation>
    </message>
    <message>
      <source>{names} (first used at {place})</source>
      <translation>{names}（首次使用于 {place}）</translation>
    </message>
    <message>
      <source>{names} and {count} more</source>
      <translation>{names} 以及另外 {count} 个</translation>
    </message>
    <message>
      <source>{names} get gradients, and no optimizer step ever changed them: no optimizer that stepped knows them.</source>
      <translation>{names} 有梯度，但从未被优化器更新过：执行过更新的优化器都不包含它们。</translation>
    </message>
    <message>
      <source>{names} gets gradients, and no optimizer step ever changed it: no optimizer that stepped knows it.</source>
      <translation>{names} 有梯度，但从未被优化器更新过：执行过更新的优化器都不包含它。</translation>
    </message>
    <message>
      <source>{names} require a gradient, and no backward of the run brought one.</source>
      <translation>{names} 需要梯度，但整个运行中没有任何一次反向传播为它们带来梯度。</translation>
    </message>
    <message>
      <source>{names} require a gradient, and no recorded backward brought one.</source>
      <translation>{names} 需要梯度，但记录到的反向传播都没有为它们带来梯度。</translation>
    </message>
    <message>
      <source>{names} requires a gradient, and no backward of the run brought one.</source>
      <translation>{names} 需要梯度，但整个运行中没有任何一次反向传播为它带来梯度。</translation>
    </message>
    <message>
      <source>{names} requires a gradient, and no recorded backward brought one.</source>
      <translation>{names} 需要梯度，但记录到的反向传播都没有为它带来梯度。</translation>
    </message>
    <message>
      <source>{name} ({place})</source>
      <translation>{name}（{place}）</translation>
    </message>
    <message>
      <source>{name} are other parameters in each of {count} passes (the last were made at {place}): the optimizer keeps those it was given and never changed any of these. Make parameters once, and change them in place under no_grad().</source>
      <translation>{name} 在 {count} 次反向传播中每次都是另外的参数（最后一批创建于 {place}）：优化器保存的仍是当初交给它的那些，从未更新过这些参数。参数只应创建一次，之后在 no_grad() 下就地修改。</translation>
    </message>
    <message>
      <source>{name} at {place}</source>
      <translation>{place} 处的 {name}</translation>
    </message>
    <message>
      <source>{name} at {place} added up {count} losses with their graphs, no backward ever went through the sum, and all these graphs stay in memory with it. Add loss.item() or loss.detach(), or validate under no_grad().</source>
      <translation>{place} 处的 {name} 把 {count} 个损失连同它们的计算图加在一起，却没有任何反向传播经过这个和，这些计算图便都随它留在内存中。请改为累加 loss.item() 或 loss.detach()，验证时则应处于 no_grad() 之下。</translation>
    </message>
    <message>
      <source>{name} began at {roots}</source>
      <translation>{name} 从 {roots} 开始</translation>
    </message>
    <message>
      <source>{name} began at {roots} ({options})</source>
      <translation>{name} 从 {roots} 开始（{options}）</translation>
    </message>
    <message>
      <source>{name} ended with an exception</source>
      <translation>{name} 因异常结束</translation>
    </message>
    <message>
      <source>{name} exited</source>
      <translation>{name} 已退出</translation>
    </message>
    <message>
      <source>{name} finished</source>
      <translation>{name} 完成</translation>
    </message>
    <message>
      <source>{name} has {count} pass</source>
      <translation>{name} 有 {count} 次反向传播</translation>
    </message>
    <message>
      <source>{name} has {count} passes</source>
      <translation>{name} 有 {count} 次反向传播</translation>
    </message>
    <message>
      <source>{name} is another parameter in each of {count} passes (the last was made at {place}): the optimizer keeps the one it was given and never changed any of these. Make parameters once, and change them in place under no_grad().</source>
      <translation>{name} 在 {count} 次反向传播中每次都是另一个参数（最后一个创建于 {place}）：优化器保存的仍是当初交给它的那个，从未更新过这些参数。参数只应创建一次，之后在 no_grad() 下就地修改。</translation>
    </message>
    <message>
      <source>{name} left the graph by {how}</source>
      <translation>{name} 通过 {how} 脱离计算图</translation>
    </message>
    <message>
      <source>{name} left the graph by {how} at {place}.</source>
      <translation>{name} 在 {place} 处通过 {how} 脱离了计算图。</translation>
    </message>
    <message>
      <source>{name} left the graph by {how}, gave {result}</source>
      <translation>{name} 通过 {how} 脱离计算图，得到 {result}</translation>
    </message>
    <message>
      <source>{name} left the graph by {how}.</source>
      <translation>{name} 通过 {how} 脱离了计算图。</translation>
    </message>
    <message>
      <source>{name} of {tensor}</source>
      <translation>{tensor} 的 {name}</translation>
    </message>
    <message>
      <source>{name} raised an error</source>
      <translation>{name} 抛出错误</translation>
    </message>
    <message>
      <source>{name} ran to its end</source>
      <translation>{name} 运行到结束</translation>
    </message>
    <message>
      <source>{name} was cut off</source>
      <translation>{name} 被中断</translation>
    </message>
    <message>
      <source>{name}.grad += {added} (was {before})</source>
      <translation>{name}.grad += {added}（原为 {before}）</translation>
    </message>
    <message>
      <source>{name}: {parting}</source>
      <translation>{name}：{parting}</translation>
    </message>
    <message>
      <source>{node} (input {number})</source>
      <translation>{node}（输入 {number}）</translation>
    </message>
    <message>
      <source>{node} compares {shape} with something of shape {other}, which makes {square}: each of the {count} predictions with each of the {count} targets. If they belong together one by one, give both the same shape (squeeze(1) or unsqueeze(1)).</source>
      <translation>{node} 将形状 {shape} 与形状 {other} 的张量相比，结果是 {square}：{count} 个预测值中的每一个都与 {count} 个目标值中的每一个比较。若它们本应一一对应，请让两者形状相同（squeeze(1) 或 unsqueeze(1)）。</translation>
    </message>
    <message>
      <source>{node} created</source>
      <translation>{node} 已创建</translation>
    </message>
    <message>
      <source>{node} created, made {tensors}</source>
      <translation>{node} 已创建，生成 {tensors}</translation>
    </message>
    <message>
      <source>{node} finished</source>
      <translation>{node} 完成</translation>
    </message>
    <message>
      <source>{node} finished in {time}</source>
      <translation>{node} 完成，用时 {time}</translation>
    </message>
    <message>
      <source>{node} freed its saved tensors</source>
      <translation>{node} 释放了保存的张量</translation>
    </message>
    <message>
      <source>{node} got finite gradients and gave {broken}.</source>
      <translation>{node} 收到的梯度是有限值，给出的却不是：{broken}。</translation>
    </message>
    <message>
      <source>{node} saved {tensor} as {slot}, version {version}</source>
      <translation>{node} 将 {tensor} 保存为 {slot}，版本 {version}</translation>
    </message>
    <message>
      <source>{node} started</source>
      <translation>{node} 开始</translation>
    </message>
    <message>
      <source>{node} started: {reason}</source>
      <translation>{node} 开始：{reason}</translation>
    </message>
    <message>
      <source>{node} where a whole row is masked with -inf</source>
      <translation>{node}（当整行都被 -inf 屏蔽时）</translation>
    </message>
    <message>
      <source>{one} runs {node}, {other} {other_node}</source>
      <translation>{one} 执行 {node}，{other} 则执行 {other_node}</translation>
    </message>
    <message>
      <source>{optimizer} updated {names}</source>
      <translation>{optimizer} 更新了 {names}</translation>
    </message>
    <message>
      <source>{op} wrote into {tensor} unseen by autograd after {node} had saved it or another part of it. If it is the part that was saved, the backward computed with the new values.</source>
      <translation>{op} 在 {node} 保存 {tensor} 或其另一部分之后写入了它，而自动求导未察觉。如果写入的正是被保存的那一部分，反向传播就用新的值进行了计算。</translation>
    </message>
    <message>
      <source>{op} wrote {tensor} through a view of {base}: version {before} to {after}</source>
      <translation>{op} 通过 {base} 的视图写入 {tensor}：版本 {before} 变为 {after}</translation>
    </message>
    <message>
      <source>{op} wrote {tensor} unseen by autograd (no version bump)</source>
      <translation>{op} 写入 {tensor}，自动求导未察觉（版本未变）</translation>
    </message>
    <message>
      <source>{op} wrote {tensor} unseen by autograd after {node} had saved it, and the backward then computed with the new values.</source>
      <translation>{op} 在 {node} 保存 {tensor} 之后写入了它，而自动求导未察觉，反向传播因此用新的值进行了计算。</translation>
    </message>
    <message>
      <source>{op} wrote {tensor}, which {node} had saved at version {version}.</source>
      <translation>{op} 写入了 {tensor}，而它的版本 {version} 此前已由 {node} 保存。</translation>
    </message>
    <message>
      <source>{op} wrote {tensor}, which {node} had saved.</source>
      <translation>{op} 写入了 {tensor}，而它此前已由 {node} 保存。</translation>
    </message>
    <message>
      <source>{op} wrote {tensor}: version {before} to {after}</source>
      <translation>{op} 写入 {tensor}：版本 {before} 变为 {after}</translation>
    </message>
    <message>
      <source>{origin} → {target}: {gradient}</source>
      <translation>{origin} → {target}：{gradient}</translation>
    </message>
    <message>
      <source>{path} has no readable header</source>
      <translation>{path} 没有可读的文件头</translation>
    </message>
    <message>
      <source>{path} has no readable header; it is damaged, or the recording never began</source>
      <translation>{path} 没有可读的文件头：文件已损坏，或录制从未开始</translation>
    </message>
    <message>
      <source>{path} is a folder, not a trace</source>
      <translation>{path} 是文件夹，不是记录</translation>
    </message>
    <message>
      <source>{path} is empty; the recording never began</source>
      <translation>{path} 是空文件：录制从未开始</translation>
    </message>
    <message>
      <source>{path} is not a gradtrace trace</source>
      <translation>{path} 不是 gradtrace 的记录</translation>
    </message>
    <message>
      <source>{said} {more}</source>
      <translation>{said}{more}</translation>
    </message>
    <message>
      <source>{said}, {more}</source>
      <translation>{said}；{more}</translation>
    </message>
    <message>
      <source>{said}; {more}</source>
      <translation>{said}；{more}</translation>
    </message>
    <message>
      <source>{shape} {dtype}</source>
      <translation>{shape} {dtype}</translation>
    </message>
    <message>
      <source>{shape}, norm {norm}</source>
      <translation>{shape}，范数 {norm}</translation>
    </message>
    <message>
      <source>{size} bytes at byte {byte} are damaged and were left out</source>
      <translation>字节 {byte} 处的 {size} 个字节已损坏，已略去</translation>
    </message>
    <message>
      <source>{step} was made {count} times with the sum of all gradients of {names} so far: nothing ever cleared its .grad.</source>
      <translation>{step} 执行了 {count} 次更新，每次用的都是 {names} 到那时为止所有梯度的总和：它的 .grad 从未被清零。</translation>
    </message>
    <message>
      <source>{step} was made {count} times with the sums of all gradients of {names} so far: nothing ever cleared their .grad.</source>
      <translation>{step} 执行了 {count} 次更新，每次用的都是 {names} 到那时为止各自所有梯度的总和：它们的 .grad 从未被清零。</translation>
    </message>
    <message>
      <source>{text}</source>
      <translation>{text}</translation>
    </message>
    <message>
      <source>{type} in {node}</source>
      <translation>{node} 中的 {type}</translation>
    </message>
    <message>
      <source>{user} takes log-probabilities; here it got the result of {maker}: its logarithm was not taken.</source>
      <translation>{user} 需要对数概率；这里得到的却是 {maker} 的结果：没有取对数。</translation>
    </message>
    <message>
      <source>{user} takes logits and applies {function} itself; here it got the result of {maker}: that is twice.</source>
      <translation>{user} 需要的是 logits，它自己会做 {function}；这里得到的却是 {maker} 的结果：等于做了两次。</translation>
    </message>
    <message>
      <source>{what} The zeros begin at {node}.</source>
      <translation>{what} 零从 {node} 开始。</translation>
    </message>
    <message>
      <source>{what} The zeros begin at {node}: {why}</source>
      <translation>{what} 零从 {node} 开始：{why}</translation>
    </message>
    <message>
      <source>{what} The zeros begin with the hook {hook}, at {node}.</source>
      <translation>{what} 零从钩子 {hook} 开始，位于 {node}。</translation>
    </message>
    <message>
      <source>{where}</source>
      <translation>{where}</translation>
    </message>
    <message>
      <source>{where}: {message}</source>
      <translation>{where}：{message}</translation>
    </message>
  </context>
  <context>
    <name>samples</name>
    <message>
      <source>A chain of additions and a multiplication: which tensors are leaves, and which get a gradient</source>
      <translation>一串加法和一次乘法：哪些张量是叶子张量，哪些会得到梯度</translation>
    </message>
    <message>
      <source>A finite loss with NaN gradients: find the node where the first NaN arises</source>
      <translation>损失有限，梯度却是 NaN：找出首个 NaN 产生的节点</translation>
    </message>
    <message>
      <source>A hook that returns a gradient replaces the one that flows</source>
      <translation>钩子返回的梯度会替换正在传播的梯度</translation>
    </message>
    <message>
      <source>A matrix product, a bias and a sum: the gradients of all three inputs</source>
      <translation>矩阵乘法、偏置与求和：三个输入的梯度</translation>
    </message>
    <message>
      <source>A second backward through the same graph: the saved tensors are gone</source>
      <translation>对同一个计算图做第二次反向传播：保存的张量已不在</translation>
    </message>
    <message>
      <source>A small classifier: two layers, cross-entropy, SGD with momentum</source>
      <translation>小型分类器：两层网络、交叉熵、带动量的 SGD</translation>
    </message>
    <message>
      <source>A write through .data to a saved tensor: the gradient is silently wrong</source>
      <translation>通过 .data 写入保存的张量：梯度出错且没有提示</translation>
    </message>
    <message>
      <source>A write through .detach() to a saved tensor: backward notices and refuses</source>
      <translation>通过 .detach() 写入保存的张量：反向传播察觉并拒绝执行</translation>
    </message>
    <message>
      <source>Derivatives of derivatives: create_graph=True makes backward record itself</source>
      <translation>导数的导数：create_graph=True 让反向传播也被记录</translation>
    </message>
    <message>
      <source>Fit a third-order polynomial to sin(x), with gradient descent by hand</source>
      <translation>手写梯度下降，用三次多项式拟合 sin(x)</translation>
    </message>
    <message>
      <source>Integers cannot require gradients: the program fails at its first tensor</source>
      <translation>整数张量不能要求梯度：程序在第一个张量处就出错</translation>
    </message>
    <message>
      <source>Summing losses keeps every graph alive: ``total += l`` against ``total += l.item()``</source>
      <translation>累加损失会让每个计算图都无法释放：``total += l`` 与 ``total += l.item()`` 的对比</translation>
    </message>
    <message>
      <source>The gradient for a tensor that the result does not depend on: None if you allow it, else an error</source>
      <translation>结果不依赖的张量的梯度：允许时为 None，否则报错</translation>
    </message>
    <message>
      <source>The gradient of a tensor in the middle: None, unless retain_grad() asked for it</source>
      <translation>中间张量的梯度：为 None，除非调用过 retain_grad()</translation>
    </message>
    <message>
      <source>Train y = x * w on three points, one at a time</source>
      <translation>用三个点逐个训练 y = x * w</translation>
    </message>
    <message>
      <source>Two backward calls add up, and need retain_graph=True</source>
      <translation>两次 backward() 的梯度会累加，且需要 retain_graph=True</translation>
    </message>
    <message>
      <source>Two ways to see a gradient in the middle: autograd.grad and a hook</source>
      <translation>查看中间梯度的两种方法：autograd.grad 与钩子</translation>
    </message>
    <message>
      <source>backward() of a vector needs a gradient of the same shape</source>
      <translation>对向量调用 backward() 需要同形状的梯度</translation>
    </message>
  </context>
  <context>
    <name>scene</name>
    <message>
      <source>the graph could not be laid out: {error}</source>
      <translation>无法布局此计算图：{error}</translation>
    </message>
  </context>
</TS>
